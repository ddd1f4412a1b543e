//! The table at the end.

use std::fmt;

use encompass_core::state::RefusedState;

use super::account::{Account, Stands};

/// The account in a few lines.
pub struct Table<'a>(&'a Account);

impl Account {
    /// What became of everything.
    pub fn table(&self) -> Table<'_> {
        Table(self)
    }
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let account = self.0;
        let refused: usize = account.refused.values().sum();
        writeln!(f)?;
        line(f, "Incidents accepted", account.cases.len())?;
        line(f, "Messages refused", refused)?;
        for state in RefusedState::ALL {
            let count = account.refused.get(state).copied().unwrap_or(0);
            under(f, &state.as_str().replace('_', " "), count)?;
        }
        line(f, "Messages that came again", account.repeated)?;
        line(f, "Children", account.children.values().sum::<usize>())?;
        for (stands, count) in &account.children {
            under(f, &words(*stands), count)?;
        }
        line(f, "Children whose due time has passed", account.due)?;
        under(f, "told in time", share(account))?;
        line(f, "Letters", account.letters)?;
        under(f, "attempts cut off (unknown)", account.unknown)?;
        under(f, "sent again under the same Message-ID", account.repeats)?;
        line(f, "Tasks not settled", account.tasks.values().sum::<usize>())?;
        for (kind, count) in &account.tasks {
            under(f, &kind.as_str().replace('_', " "), count)?;
        }
        Ok(())
    }
}

/// Of the children whose due time has passed, those of whom a setting was told by then.
fn share(account: &Account) -> String {
    let due = super::account::children(&account.cases).filter(|one| one.child.due_at <= account.at);
    let told = due.filter(|one| one.child.told_at.is_some_and(|at| at <= one.child.due_at)).count();
    #[expect(clippy::cast_precision_loss, reason = "a share of some hundreds for people to read")]
    let percent = if account.due == 0 { 0.0 } else { 100.0 * told as f64 / account.due as f64 };
    format!("{told} ({percent:.1} %)")
}

fn words(stands: Stands) -> String {
    match stands {
        Stands::InTime => "told in time".into(),
        Stands::Late => "told late".into(),
        Stands::Waiting => "notified, not told yet, still in time".into(),
        Stands::WaitingLate => "notified, not told yet, late".into(),
        Stands::Held => "held, still in time".into(),
        Stands::HeldLate => "held, late".into(),
        Stands::Closed(reason) => format!("closed: {}", reason.as_str().replace('_', " ")),
        Stands::HandedOver => "handed over".into(),
    }
}

fn line(f: &mut fmt::Formatter<'_>, what: &str, count: impl fmt::Display) -> fmt::Result {
    writeln!(f, "{what:<44}{count:>8}")
}

fn under(f: &mut fmt::Formatter<'_>, what: &str, count: impl fmt::Display) -> fmt::Result {
    writeln!(f, "  {what:<42}{count:>8}")
}
