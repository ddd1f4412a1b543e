//! Lead times: a held child whose due time comes near alerts again, claimed or not, and at the last one the authority's
//! officer for the home is told that a decision is still to be made.

use encompass_core::calendar::london;
use encompass_core::id::SettingId;
use encompass_core::plan::Address;
use encompass_core::state::{Channel, ContactState, DeliveryKind, TaskKind};
use encompass_store::delivery::{Body, Mail};
use encompass_store::resolve::{Lead, Reach};
use encompass_store::task::Alerting;
use jiff::Timestamp;

use super::{Error, Notifier};

/// How many children one step speaks of.
const CHILDREN_MAX: i64 = 100;

impl Notifier {
    /// Queues what is due at lead times. Says how many children it was about.
    pub(crate) async fn lead(&self, now: Timestamp) -> Result<usize, Error> {
        let leads = &self.rules.hold.leads;
        let last = leads.iter().min().copied();
        let mut spoken = 0;
        for lead in leads {
            let mut tx = self.store.begin().await?;
            let is_last = Some(*lead) == last;
            let near = tx.holds_at_lead(*lead, is_last, now, CHILDREN_MAX).await?;
            if near.is_empty() {
                continue;
            }
            let mut told = Vec::with_capacity(near.len());
            let mut mails = Vec::new();
            for child in near {
                mails.extend(self.mails(&alerting(&child), Address::Both));
                let officers = if is_last { self.officers(&child, now).await? } else { Vec::new() };
                let outcome = match (is_last, officers.len()) {
                    (false, _) => "desk",
                    (true, 0) => "no_officer",
                    (true, _) => "officer",
                };
                self.metrics.leads.with_label_values(&[child.force.as_str(), outcome]).inc();
                told.push((child, officers.len()));
                mails.extend(officers);
            }
            match tx.lead_spoken(&told, *lead, now).await {
                // Another replica was first; what is left comes with the next step.
                Err(encompass_store::Error::Changed) => continue,
                spoken => spoken?,
            }
            tx.queue_mails(mails, now).await?;
            tx.commit().await?;
            spoken += told.len();
        }
        Ok(spoken)
    }

    /// The mails to the authority's officer who answers for the home.
    async fn officers(&self, child: &Lead, now: Timestamp) -> Result<Vec<Mail>, Error> {
        let Some(officer) = child.officer else { return Ok(Vec::new()) };
        let place: (SettingId, &str) = (officer, child.force.as_str());
        let contacts = self.store.contacts_at(&[place]).await?;
        let today = london::date(now);
        let is_told = |reach: &&Reach| {
            let is_eligible = reach.eligible.is_some_and(|from| from.is_none_or(|from| from <= today));
            reach.state == ContactState::Verified && reach.channel == Channel::Email && is_eligible
        };
        let mail = |reach: &Reach| Mail {
            kind: DeliveryKind::Alert,
            force: child.force.clone(),
            contact: Some(reach.id),
            task: Some(child.task),
            body: Body { is_for_officer: true, ..Body::default() },
            due_at: child.due_at,
        };
        Ok(contacts.values().flatten().filter(is_told).map(mail).collect())
    }
}

fn alerting(child: &Lead) -> Alerting {
    Alerting {
        id: child.task,
        force: child.force.clone(),
        kind: TaskKind::Hold,
        due_at: child.due_at,
        is_claimed: false,
        alerts: 0,
    }
}
