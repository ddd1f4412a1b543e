//! What must have become of everything that was published, whatever happened meanwhile.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use anyhow::{Context, ensure};
use encompass_core::state::{AttemptState, ChildState, DeliveryState, NotificationState, RefusedState};
use encompass_county::{FORCE, Workload};
use encompass_store::Store;
use encompass_store::measure::Measure;
use encompass_store::watch::reconcile;
use encompass_testkit::smtp::{Mail, Sink};
use jiff::{SignedDuration, Timestamp};

use crate::events::Events;
use crate::feed::Feed;
use crate::installation::{SCOPE, now, until};

/// What still moves; all else waits for a person.
const MOVING: [&str; 4] =
    ["children_for_resolver", "deliveries_queued", "deliveries_sending", "events_unpublished"];

/// Waits until every message was read and nothing moves any more.
pub async fn settled(store: &Store, topic: &str, feed: &Feed, within: Duration) -> anyhow::Result<()> {
    let is_read = async || {
        let positions = store.positions(topic).await?;
        let at: BTreeMap<_, _> = positions.iter().map(|p| (p.partition, p.next_offset)).collect();
        Ok(feed.ends.iter().all(|(partition, end)| at.get(partition).is_some_and(|next| next >= end)))
    };
    until("every message is read", within, is_read).await?;
    still(store, within).await
}

/// Waits until nothing moves any more.
pub async fn still(store: &Store, within: Duration) -> anyhow::Result<()> {
    let is_still = async || {
        let waiting = store.waiting().await?;
        Ok(waiting.iter().all(|one| one.count == 0 || !MOVING.contains(&one.what.as_str())))
    };
    let waited = until("nothing moves any more", within, is_still).await;
    match waited {
        Err(error) => Err(error.context(format!("{:?}", store.waiting().await?))),
        Ok(()) => Ok(()),
    }
}

/// What came of it, for whoever looks at the run.
#[derive(Debug, Default)]
pub struct Summary {
    pub incidents: usize,
    pub refused: usize,
    pub mails: usize,
    pub repeats: usize,
    pub unknown: usize,
    pub attempts: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} incidents, each child notified once; {} messages refused; {} mails by {} attempts at notices, \
             {} of them repeats; {} attempts unknown",
            self.incidents, self.refused, self.mails, self.attempts, self.repeats, self.unknown
        )
    }
}

/// Holds the store, the mails and the events to what was published.
///
/// # Errors
///
/// With the first promise that was broken.
pub async fn judge(store: &Store, feed: &Feed, sink: &Sink, events: &Events) -> anyhow::Result<Summary> {
    balanced(store, feed).await?;
    let mut mails = by_id(sink);
    let mut summary = Summary { incidents: feed.incidents.len(), ..Summary::default() };
    for (reference, _) in &feed.incidents {
        once(store, reference, &mut mails, events, &mut summary).await.with_context(|| reference.clone())?;
    }
    // What is left are alerts about tasks: repeated as seldom, and to the desk only.
    let stray = mails.values().flatten().find(|mail| mail.to.iter().any(|to| to == Workload::LEAD));
    ensure!(
        stray.is_none(),
        "a mail to the lead belongs to no incident: {:?}",
        stray.and_then(|m| m.header("Message-ID"))
    );
    summary.repeats += mails.values().map(|same| same.len() - 1).sum::<usize>();
    summary.mails = sink.mails().len();
    summary.unknown = unknown_attempts(store).await?;
    ensure!(summary.repeats <= summary.unknown, "mails were repeated that nobody counted: {summary}");
    let refused = store.refused(&SCOPE(), RefusedState::Open, 10_000).await?;
    ensure!(refused.len() == feed.refused, "{} of {} refused", refused.len(), feed.refused);
    ensure!(events.count("encompass.incident.refused.v1") == feed.refused, "refusals were not all told back");
    summary.refused = refused.len();
    Ok(summary)
}

/// The service's own account balances and agrees with ours.
pub async fn balanced(store: &Store, feed: &Feed) -> anyhow::Result<()> {
    let account = reconcile(store, Timestamp::MIN).await?;
    ensure!(account.is_balanced(), "the account differs: {account:?}");
    let (incidents, refused) = (i64::try_from(feed.incidents.len())?, i64::try_from(feed.refused)?);
    ensure!(
        (account.incidents, account.refused) == (incidents, refused),
        "{account:?}, not {incidents}, {refused}"
    );
    let all_notified = BTreeMap::from([(ChildState::Notified, incidents)]);
    ensure!(account.states == all_notified, "{account:?}");
    Ok(())
}

type Mails = BTreeMap<String, Vec<Mail>>;

fn by_id(sink: &Sink) -> Mails {
    let mut mails = Mails::new();
    for mail in sink.mails() {
        mails.entry(mail.header("Message-ID").unwrap_or_default()).or_default().push(mail);
    }
    mails
}

/// One incident, one version, one child, one notification, one delivery, one mail, and every event once.
async fn once(
    store: &Store,
    reference: &str,
    mails: &mut Mails,
    events: &Events,
    summary: &mut Summary,
) -> anyhow::Result<()> {
    let id = store.identity().incident(FORCE, reference);
    let case = store.open_case(&SCOPE(), id).await?;
    ensure!((case.versions.len(), case.children.len()) == (1, 1), "versions or children");
    let told: Vec<_> = case.children[0].told.iter().map(|told| told.state).collect();
    ensure!(told == [NotificationState::Sent], "notifications {told:?}");
    let sends = store.sends_of_incident(&SCOPE(), id).await?;
    ensure!(sends.len() == 1 && sends[0].state == DeliveryState::Accepted, "deliveries {sends:?}");
    let unknown = sends[0].attempts.iter().filter(|attempt| attempt.state == AttemptState::Unknown).count();
    let same = mails.remove(&format!("<{}@tests.example>", sends[0].id)).context("no mail was taken")?;
    ensure!(same.iter().all(|mail| mail.to == [Workload::LEAD]), "to somebody else");
    ensure!(same.len() <= 1 + unknown, "{} mails after {unknown} unknown attempts: {sends:?}", same.len());
    summary.repeats += same.len() - 1;
    summary.attempts += sends[0].attempts.len();
    let told = events.about(&id);
    for event in ["accepted", "child notified", "notification waiting", "notification sent"] {
        ensure!(told.iter().filter(|told| *told == event).count() == 1, "not once {event}: {told:?}");
    }
    ensure!(told.last().is_some_and(|last| last == "notification sent"), "events {told:?}");
    Ok(())
}

/// Attempts whose end nobody knows, alerts included, as `/metrics` shows them.
async fn unknown_attempts(store: &Store) -> anyhow::Result<usize> {
    let families = Measure::new(store.clone(), SignedDuration::from_mins(15)).families(now()).await?;
    let family = families.iter().find(|family| family.name() == "encompass_attempts_unknown");
    let metrics = family.map(|family| family.get_metric()).unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
    Ok(metrics.iter().map(|metric| metric.get_gauge().get_value() as usize).sum())
}
