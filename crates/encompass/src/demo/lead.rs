//! Simulated leads, through the same functions of the store as the portal.

use encompass_core::id::{ContactId, NotificationId};
use encompass_core::state::{NotificationEnd, NotificationState};
use encompass_county::{Fate, Lead, Reply};
use encompass_store::portal::{Notice, Reader, View};
use encompass_store::{Actor, Tx};
use jiff::Timestamp;

use super::Demo;
use super::agenda::{Act, Visit};
use super::catcher::Letter;
use super::play::Progress;

/// Of so many visits one is made through the real pages.
const BY_BROWSER: usize = 20;

impl Demo {
    /// When a letter's reader follows its link, if it is a notice to a lead who reads mail.
    pub(super) fn visit_of(&self, letter: &Letter) -> Option<(Timestamp, Visit)> {
        letter.link("/n/")?;
        let contact = self.people.at_address(&letter.to)?;
        let sent = self.node.clock.now();
        let lead = Lead::of(self.plan.seed, &letter.to);
        let answer = lead.answers(&format!("{} {sent}", letter.to), sent, true)?;
        Some((answer.opened_at, Visit { lead, contact, letter: letter.number, sent }))
    }

    /// A lead reads all that waits.
    pub(super) async fn visit(&mut self, play: &mut Progress, visit: &Visit) -> anyhow::Result<()> {
        play.visits += 1;
        if play.by_browser < self.plan.visits && play.visits % BY_BROWSER == 1 {
            play.by_browser += 1;
            return self.visit_by_browser(visit).await;
        }
        let now = self.node.clock.now();
        let mut tx = self.node.store.begin().await?;
        let mut kept = Vec::new();
        let mut replied_at = now;
        for notice in tx.notices_of(visit.contact, now).await? {
            let Some((reply, at)) = self.reply(visit, &notice) else { continue };
            replied_at = replied_at.max(at);
            read(&mut tx, &notice, reply, now).await?;
            if reply == Reply::Acknowledges {
                kept.push(notice.notification.id);
            }
        }
        tx.commit().await?;
        if !kept.is_empty() {
            play.agenda.add(replied_at, Act::Acknowledge(visit.contact, kept));
        }
        Ok(())
    }

    /// What the lead says of a notice that is open, and when.
    pub(super) fn reply(&self, visit: &Visit, notice: &Notice) -> Option<(Reply, Timestamp)> {
        use NotificationState::{Opened, Sent, Waiting};
        let notification = &notice.notification;
        if !matches!(notification.state, Waiting | Sent | Opened) {
            return None;
        }
        let reference = notification.child.reference.as_deref().unwrap_or_default();
        let child_ref = notice.case.as_ref()?.child_ref.as_str();
        let belongs = match (self.fate(reference, child_ref), self.people.place(notification.setting)) {
            (Some(fate), Some(place)) => self.county.belongs(fate, place),
            // A message that was mended at the desk: nothing is known of it but what it says.
            _ => true,
        };
        let now = self.node.clock.now();
        let answer = visit.lead.answers(&format!("{reference}/{child_ref}"), visit.sent, belongs)?;
        let took = answer.replied_at.duration_since(answer.opened_at);
        Some((answer.reply, now + took))
    }

    /// What must become of a child.
    pub(super) fn fate(&self, reference: &str, child_ref: &str) -> Option<&Fate> {
        let incident = self.fortnight.incidents.iter().find(|incident| incident.reference == reference)?;
        incident.children.iter().find(|fate| fate.child_ref == child_ref)
    }

    /// A lead says "I have it" of what was opened.
    pub(super) async fn acknowledge(&self, contact: ContactId, ids: &[NotificationId]) -> anyhow::Result<()> {
        let now = self.node.clock.now();
        let mut tx = self.node.store.begin().await?;
        let opened: Vec<_> = tx.notifications(ids).await?.into_iter().filter(is_opened).collect();
        tx.acknowledged(&opened, "portal", &Actor::Contact(contact), now).await?;
        Ok(tx.commit().await?)
    }
}

fn is_opened(notification: &encompass_store::notification::Notification) -> bool {
    notification.state == NotificationState::Opened
}

/// Opens one notice, or says that it is not for them.
async fn read(tx: &mut Tx, notice: &Notice, reply: Reply, now: Timestamp) -> anyhow::Result<()> {
    let by = Actor::Contact(notice.contact);
    let reader = Reader { name: "Simulated reader".into(), role: "Safeguarding lead".into() };
    let end = match reply {
        Reply::NotWithUs => NotificationEnd::NotHere,
        Reply::Left => NotificationEnd::Left,
        Reply::Acknowledges | Reply::Nothing => {
            tx.opened(std::slice::from_ref(&notice.notification), "portal", &by, now).await?;
            tx.viewed(notice, View::Disclosed, &by, &reader, "simulated", now);
            return Ok(());
        }
    };
    tx.not_here(&notice.notification, end, &by, now).await?;
    tx.viewed(notice, View::NotHere, &by, &reader, end.as_str(), now);
    Ok(())
}
