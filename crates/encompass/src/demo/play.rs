//! The play: domain time is stepped to the next thing due once everything before it is done.

use std::collections::HashSet;

use anyhow::{Context, bail};
use encompass_core::calendar::london;
use encompass_core::id::TaskId;
use encompass_county::{Case, Published};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::agenda::{Act, Agenda};
use super::catcher::Letter;
use super::{Demo, load, progress};

/// How often the watchdog looks, in domain time.
const WATCH_EVERY: SignedDuration = SignedDuration::from_mins(30);
/// How often the registers' owners send them.
const REGISTERS_EVERY: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Time is stepped to whole minutes, so that what is due within one is done together.
const STEP_SECONDS: i64 = 60;
/// How long after its arrival a tally is compared; a little more than the configured hour.
const TALLY_WAIT: SignedDuration = SignedDuration::from_mins(62);

/// How far the play is.
pub(super) struct Progress {
    pub(super) agenda: Agenda,
    /// The next message to publish.
    published: usize,
    /// The last letter that was seen.
    pub(super) letter: usize,
    /// Tasks that the desk has heard of.
    pub(super) known: HashSet<TaskId>,
    /// Visits that leads made, and those of them through the real pages.
    pub(super) visits: usize,
    pub(super) by_browser: usize,
    settled: usize,
    watched_at: Timestamp,
    day: Date,
    /// The day on which the registers came last.
    registers_of: Date,
}

impl Demo {
    /// Plays to the plan's end.
    ///
    /// # Errors
    /// When a service fails, or does not get on.
    pub async fn play(&mut self) -> anyhow::Result<()> {
        let begins = self.plan.begins();
        let mut play = Progress {
            agenda: Agenda::default(),
            published: 0,
            letter: 0,
            known: HashSet::new(),
            visits: 0,
            by_browser: 0,
            settled: 0,
            watched_at: begins,
            day: self.plan.extent.start,
            registers_of: self.plan.extent.start,
        };
        loop {
            self.catch_up(&mut play).await?;
            let next = self.next(&play).await?.min(self.plan.ends());
            self.step(&mut play, next).await?;
            self.publish(&mut play).await?;
            while let Some(act) = play.agenda.take(self.node.clock.now()) {
                self.act(&mut play, act).await?;
            }
            if self.node.clock.now() >= self.plan.ends() {
                break;
            }
        }
        self.catch_up(&mut play).await?;
        self.watch(&mut play).await?;
        self.day_is_over(&play);
        Ok(())
    }

    /// The next moment at which anything happens.
    async fn next(&self, play: &Progress) -> anyhow::Result<Timestamp> {
        let now = self.node.clock.now();
        let message = self.fortnight.published.get(play.published).map(|message| message.at);
        let due = self.node.store.next_due_at(now).await?;
        let lead = self.node.store.next_lead_at(&self.rules.plan.hold.leads, now).await?;
        let watch = play.watched_at + WATCH_EVERY;
        let all = [message, due, lead, play.agenda.next_at(), Some(watch)];
        all.into_iter().flatten().min().context("the watchdog always looks again")
    }

    async fn step(&mut self, play: &mut Progress, next: Timestamp) -> anyhow::Result<()> {
        let to = whole_minute(next).min(self.plan.ends());
        let day = london::date(to);
        if day != play.day {
            self.day_is_over(play);
            play.day = day;
        }
        self.node.clock.step(to);
        if day.duration_since(play.registers_of) >= REGISTERS_EVERY {
            play.registers_of = day;
            load::registers(&self.node.store, &self.county, to).await?;
        }
        if to >= play.watched_at + WATCH_EVERY {
            self.watch(play).await?;
        }
        if let Some(ended) = self.intake.try_join_next() {
            ended??;
            bail!("intake stopped by itself");
        }
        Ok(())
    }

    fn day_is_over(&self, play: &Progress) {
        progress(format_args!(
            "{}  {:>4} messages published, {:>5} letters, {:>4} visits, {:>4} tasks, {:>4} acts of the desk; {:.0} s",
            play.day.strftime("%a %e %b"),
            play.published,
            self.catcher.count(),
            play.visits,
            play.known.len(),
            play.settled,
            self.begun.elapsed().as_secs_f64(),
        ));
    }

    /// Publishes what is due, and waits until intake has it.
    async fn publish(&mut self, play: &mut Progress) -> anyhow::Result<()> {
        let now = self.node.clock.now();
        let from = play.published;
        while let Some(message) = self.fortnight.published.get(play.published).filter(|one| one.at <= now) {
            if is_tally(message) {
                play.agenda.add(now + TALLY_WAIT, Act::Look);
            }
            self.feed.publish(message).await?;
            play.published += 1;
        }
        if play.published > from {
            self.feed.taken(&self.node.store).await?;
            self.catch_up(play).await?;
        }
        Ok(())
    }

    /// Steps the services until nothing is left, then lets leads and desk see what came of it.
    async fn catch_up(&mut self, play: &mut Progress) -> anyhow::Result<()> {
        let node = &self.node;
        loop {
            encompass_intake::compare_tallies(&node.intake).await?;
            let resolved = node.resolver.step().await?;
            if node.notifier.step().await? + resolved == 0 {
                break;
            }
        }
        for letter in self.catcher.after(play.letter) {
            play.letter = letter.number;
            self.deliver(play, &letter);
        }
        self.hear_of_tasks(play).await
    }

    /// A notice reaches its lead.
    fn deliver(&self, play: &mut Progress, letter: &Letter) {
        if let Some((at, visit)) = self.visit_of(letter) {
            play.agenda.add(at, Act::Visit(visit));
        }
    }

    async fn watch(&mut self, play: &mut Progress) -> anyhow::Result<()> {
        self.feed.passed_on(&self.node.store).await?;
        play.watched_at = self.node.clock.now();
        let seed = i64::try_from(self.plan.seed).unwrap_or(i64::MAX);
        self.node.watch(seed).await
    }

    async fn act(&mut self, play: &mut Progress, act: Act) -> anyhow::Result<()> {
        match act {
            Act::Visit(visit) => self.visit(play, &visit).await,
            Act::Acknowledge(contact, ids) => self.acknowledge(contact, &ids).await,
            Act::Claim(task) => self.claim(task).await,
            Act::Settle(task) => {
                play.settled += 1;
                self.settle(play, task).await
            }
            Act::Look => Ok(()),
        }
    }
}

fn is_tally(message: &Published) -> bool {
    matches!(message.case, Case::TallyRight | Case::TallyWrong)
}

/// The end of the minute that the moment lies in, or the moment itself where it is a whole one.
fn whole_minute(at: Timestamp) -> Timestamp {
    let second = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
    let minute = second.div_euclid(STEP_SECONDS) + i64::from(second.rem_euclid(STEP_SECONDS) > 0);
    Timestamp::from_second(minute * STEP_SECONDS).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_stepped_to_whole_minutes() {
        for (at, expected) in [
            ("2026-05-01T07:40:00Z", "2026-05-01T07:40:00Z"),
            ("2026-05-01T07:40:00.001Z", "2026-05-01T07:41:00Z"),
            ("2026-05-01T07:40:59Z", "2026-05-01T07:41:00Z"),
        ] {
            assert_eq!(whole_minute(at.parse().unwrap()), expected.parse().unwrap(), "{at}");
        }
    }
}
