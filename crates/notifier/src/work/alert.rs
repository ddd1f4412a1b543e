//! Alerts: every task is mailed at once to the desk's duty address, and to a second one while nobody claims it; and to
//! both when a claim lapses.

use encompass_core::plan::{Address, Escalate, Escalation, escalations, reminders};
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
            let (to, next_at) = planned(&self.rules.escalation, task, now);
            mails.extend(to.into_iter().flat_map(|to| self.mails(task, to)));
            alerted.push((task.id, next_at));
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
        // Only the duty address by itself is written to at first.
        let is_second = to != Address::Duty;
        for force in desks {
            let duty = ("duty", &force.duty_address);
            let second = ("second", &force.second_address);
            let addresses = match to {
                Address::Duty => vec![duty],
                Address::Second => vec![second],
                Address::Both => vec![duty, second],
            };
            for (label, address) in addresses {
                self.metrics.alerts.with_label_values(&[label]).inc();
                mails.push(mail(task, address, is_second));
            }
        }
        mails
    }
}

/// Whom this alert goes to, and when the next one is. The plan is taken as if it began now, and only its spans are used: so
/// alerts that an outage left out do not come in one burst.
fn planned(rules: &Escalate, task: &Alerting, now: Timestamp) -> (Option<Address>, Option<Timestamp>) {
    let plan: Vec<Escalation> = if task.is_claimed {
        reminders(rules, now).collect()
    } else {
        escalations(rules, now, Some(task.due_at)).collect()
    };
    let mut rest = plan.into_iter().skip(task.alerts);
    let due = rest.next();
    let wait = due.zip(rest.next()).map(|(due, next)| next.at.duration_since(due.at));
    (due.map(|due| due.to), wait.and_then(|wait| now.checked_add(wait).ok()))
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

#[cfg(test)]
mod tests {
    use encompass_core::state::TaskKind;
    use jiff::SignedDuration;

    use super::*;

    /// To whom, and how many minutes after the alert before it, until the plan ends.
    fn all(is_claimed: bool, minutes_left: i64) -> Vec<(Address, i64)> {
        let rules = Escalate {
            second_after: SignedDuration::from_mins(15),
            repeat_every: SignedDuration::from_mins(30),
            repeats_max: 2,
        };
        let mut now = Timestamp::UNIX_EPOCH;
        let mut task = Alerting {
            id: "6b1f2a4e-0000-8000-8000-000000000001".parse().expect("an id"),
            force: String::new(),
            kind: TaskKind::Call,
            due_at: now + SignedDuration::from_mins(minutes_left),
            is_claimed,
            alerts: 0,
        };
        let mut made = Vec::new();
        let mut waited = 0;
        while let (Some(to), next_at) = planned(&rules, &task, now) {
            made.push((to, waited));
            task.alerts += 1;
            let Some(next_at) = next_at else { break };
            waited = next_at.duration_since(now).as_mins();
            now = next_at;
        }
        made
    }

    #[test]
    fn a_task_that_nobody_claims_goes_to_one_the_other_and_then_both_a_claim_that_lapsed_to_both_at_once() {
        use Address::{Both, Duty, Second};
        assert_eq!(all(false, 600), [(Duty, 0), (Second, 15), (Both, 30), (Both, 30)]);
        assert_eq!(all(false, 20), [(Duty, 0), (Second, 10), (Both, 30), (Both, 30)]);
        assert_eq!(all(true, 20), [(Both, 0), (Both, 30), (Both, 30)]);
    }
}
