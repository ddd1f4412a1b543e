//! Noting what the lifecycle topic tells.

use std::collections::BTreeMap;

use encompass_core::id::{ChildId, IncidentId, NotificationId, ReferenceHash};
use encompass_core::state::{NotificationEnd, Reason};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::db::{Value, batch, row};
use crate::{Result, Tx};

/// A step of a notification or a child that the lifecycle topic tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Keyed hash of the incident's force and reference, and its id.
    pub of: (ReferenceHash, IncidentId),
    /// What became of which.
    pub step: Step,
    /// The event's number in its incident's sequence.
    pub sequence: i64,
    /// When.
    pub at: Timestamp,
}

/// What became of a notification or a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A relay or endpoint took a delivery of it.
    Sent(NotificationId),
    /// The setting was shown the content.
    Opened(NotificationId),
    /// A named person there said "I have it".
    Acknowledged(NotificationId),
    /// It was closed without that.
    Ended(NotificationId, NotificationEnd),
    /// It is owed, or owed again.
    Waiting(NotificationId),
    /// The child was closed, or handed over.
    Closed(ChildId, Reason),
    /// The child is held or notified, or is again.
    Open(ChildId),
}

impl Step {
    fn subject(self) -> [u8; 16] {
        match self {
            Self::Sent(id)
            | Self::Opened(id)
            | Self::Acknowledged(id)
            | Self::Ended(id, _)
            | Self::Waiting(id) => id.bytes(),
            Self::Closed(id, _) | Self::Open(id) => id.bytes(),
        }
    }

    const fn end(self) -> Option<&'static str> {
        match self {
            Self::Ended(_, end) => Some(end.as_str()),
            Self::Closed(_, reason) => Some(reason.as_str()),
            _ => None,
        }
    }
}

/// All that is told of one notification or child.
#[derive(Clone, Default)]
pub(super) struct Prior {
    pub sent_at: Option<Timestamp>,
    pub opened_at: Option<Timestamp>,
    pub acknowledged_at: Option<Timestamp>,
    /// Why and when it ended, unless it went on after that.
    pub ended: Option<(String, Timestamp)>,
    sequence: i64,
}

impl Prior {
    fn add(&mut self, told: &Told) {
        match told.step {
            Step::Sent(_) => self.sent_at = Some(told.at),
            Step::Opened(_) => self.opened_at = Some(told.at),
            Step::Acknowledged(_) => self.acknowledged_at = Some(told.at),
            Step::Ended(..) | Step::Waiting(_) | Step::Closed(..) | Step::Open(_) => {}
        }
        self.ended = told.step.end().map(|end| (end.to_owned(), told.at));
        self.sequence = told.sequence;
    }

    /// Whether it tells of nothing that has to be made good.
    const fn is_silent(&self) -> bool {
        self.sent_at.is_none()
            && self.opened_at.is_none()
            && self.acknowledged_at.is_none()
            && self.ended.is_none()
    }

    fn row(self, subject: [u8; 16]) -> Vec<Value> {
        let (ended, ended_at) = self.ended.unzip();
        vec![
            subject.into(),
            self.sent_at.into(),
            self.opened_at.into(),
            self.acknowledged_at.into(),
            ended.into(),
            ended_at.into(),
            self.sequence.into(),
        ]
    }

    pub(super) fn from_row(found: &AnyRow) -> Result<Self> {
        Ok(Self {
            sent_at: row::opt_instant(found, "sent_at")?,
            opened_at: row::opt_instant(found, "opened_at")?,
            acknowledged_at: row::opt_instant(found, "acknowledged_at")?,
            ended: row::opt_text(found, "ended")?.zip(row::opt_instant(found, "ended_at")?),
            sequence: row::int(found, "sequence")?,
        })
    }
}

impl Tx {
    /// Notes what the lifecycle topic tells, in its order.
    ///
    /// # Errors
    /// As the database says.
    pub async fn note_prior(&mut self, told: &[Told]) -> Result<()> {
        let mut priors: BTreeMap<[u8; 16], Prior> = BTreeMap::new();
        for told in told {
            priors.entry(told.step.subject()).or_default().add(told);
        }
        let (silent, spoken): (Vec<_>, Vec<_>) = priors.into_iter().partition(|(_, prior)| prior.is_silent());
        let head =
            "INSERT INTO prior (subject_id, sent_at, opened_at, acknowledged_at, ended, ended_at, sequence)";
        let tail = "ON CONFLICT (subject_id) DO UPDATE SET sent_at = COALESCE(prior.sent_at, excluded.sent_at), \
             opened_at = COALESCE(prior.opened_at, excluded.opened_at), \
             acknowledged_at = COALESCE(prior.acknowledged_at, excluded.acknowledged_at), \
             ended = excluded.ended, ended_at = excluded.ended_at, sequence = excluded.sequence, \
             applied_at = CASE WHEN excluded.ended IS NULL THEN prior.applied_at END";
        let rows = spoken.into_iter().map(|(subject, prior)| prior.row(subject)).collect();
        batch::insert(self.conn(), head, rows, tail).await?;
        // What is open again tells nothing by itself, but takes back what was noted before.
        let rows = silent.into_iter().map(|(subject, _)| vec![subject.into()]).collect();
        let update = "UPDATE prior SET ended = NULL, ended_at = NULL FROM v WHERE prior.subject_id = v.id \
             RETURNING prior.subject_id AS id";
        batch::with(self.conn(), "id", rows, update).await?;
        self.note_prior_incidents(told).await
    }

    async fn note_prior_incidents(&mut self, told: &[Told]) -> Result<()> {
        let incidents: BTreeMap<[u8; 16], IncidentId> = told.iter().map(|told| told.of).collect();
        let rows = incidents.into_iter().map(|(hash, id)| vec![hash.into(), id.into()]).collect();
        let tail = "ON CONFLICT (reference_hash) DO UPDATE SET incident_id = excluded.incident_id";
        let head = "INSERT INTO prior_incident (reference_hash, incident_id)";
        batch::insert(self.conn(), head, rows, tail).await?;
        Ok(())
    }
}
