//! Alerts: every task is mailed at once to the desk's duty address, and to a second one while nobody claims it.

use encompass_core::plan::{Address, escalations};
use encompass_core::state::DeliveryKind;
use encompass_store::delivery::{Body, Mail};
use encompass_store::task::Alerting;
use jiff::Timestamp;

use super::{Error, Notifier};

/// How many tasks one step alerts about.
const TASKS_MAX: i64 = 100;

impl Notifier {
    /// Queues the alerts that are due. Says how many tasks it was about.
    pub(crate) async fn alert(&self, now: Timestamp) -> Result<usize, Error> {
        let mut tx = self.store.begin().await?;
        let tasks = tx.alerting_tasks(now, TASKS_MAX).await?;
        if tasks.is_empty() {
            return Ok(0);
        }
        let mut mails = Vec::with_capacity(tasks.len());
        let mut alerted = Vec::with_capacity(tasks.len());
        for task in &tasks {
            let mut plan =
                escalations(&self.rules.escalation, task.opened_at, Some(task.due_at)).skip(task.alerts);
            if let Some(due) = plan.next() {
                mails.extend(self.mails(task, due.to));
            }
            alerted.push((task.id, plan.next().map(|next| next.at.max(now))));
        }
        tx.queue_mails(mails, now).await?;
        tx.tasks_alerted(&alerted).await?;
        tx.commit().await?;
        Ok(tasks.len())
    }

    /// The mails of one alert. A task of no force, or of one that is not configured, goes to every desk.
    pub(super) fn mails(&self, task: &Alerting, to: Address) -> Vec<Mail> {
        let own = self.forces.get(&task.force);
        let desks =
            own.map_or_else(|| self.forces.iter().map(|(_, force)| force).collect(), |force| vec![force]);
        let mut mails = Vec::new();
        for force in desks {
            let addresses: &[(&str, bool, &str)] = match to {
                Address::Duty => &[(&force.duty_address, false, "duty")],
                Address::Second => &[(&force.second_address, true, "second")],
                Address::Both => {
                    &[(&force.duty_address, true, "duty"), (&force.second_address, true, "second")]
                }
            };
            for (address, is_second, label) in addresses {
                self.metrics.alerts.with_label_values(&[label]).inc();
                mails.push(mail(task, address, *is_second));
            }
        }
        mails
    }
}

fn mail(task: &Alerting, address: &str, is_second: bool) -> Mail {
    Mail {
        kind: DeliveryKind::Alert,
        force: task.force.clone(),
        contact: None,
        task: Some(task.id),
        body: Body {
            address: Some(address.to_owned()),
            task_kind: Some(task.kind.as_str().to_owned()),
            is_second,
            ..Body::default()
        },
        due_at: task.due_at,
    }
}
