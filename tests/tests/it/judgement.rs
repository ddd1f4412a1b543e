//! What must have become of everything that was published, whatever happened meanwhile.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use encompass_core::state::{AttemptState, ChildState, DeliveryState, Hold, Reason, RefusedState};
use encompass_county::{FORCE, Workload};
use encompass_store::Store;
use encompass_store::audit_log::Verdict;
use encompass_store::desk::{Case, Send};
use encompass_store::measure::Measure;
use encompass_store::watch::reconcile;
use encompass_testkit::smtp::{Mail, Sink};
use jiff::{SignedDuration, Timestamp};

use crate::deed::{Acted, Deed, expected, told_of};
use crate::events::Events;
use crate::feed::Feed;
use crate::installation::{SCOPE, now, until};
use crate::letters;

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
    pub deeds: BTreeMap<Deed, usize>,
    pub stopped: usize,
    pub codes: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} incidents, each child notified once; {} messages refused; {} mails by {} attempts at notices, \
             {} of them repeats; {} attempts unknown; {:?}, {} of them before the mail was known to be taken; {} codes",
            self.incidents,
            self.refused,
            self.mails,
            self.attempts,
            self.repeats,
            self.unknown,
            self.deeds,
            self.stopped,
            self.codes
        )
    }
}

/// Holds the store, the mails and the events to what was published and what people did.
///
/// # Errors
///
/// With the first promise that was broken.
pub async fn judge(
    store: &Store,
    feed: &Feed,
    sink: &Sink,
    events: &Events,
    acted: &Acted,
) -> anyhow::Result<Summary> {
    balanced(store, feed, acted).await?;
    let mut mails = by_id(sink);
    let mut summary = Summary { incidents: feed.incidents.len(), ..Summary::default() };
    for (reference, _) in &feed.incidents {
        let once = once(store, reference, &mut mails, events, acted, &mut summary).await;
        once.with_context(|| reference.clone())?;
    }
    ensure!(summary.deeds.values().sum::<usize>() == acted.deeds.len(), "somebody did what about nothing?");
    summary.codes = codes(&mails, acted)?;
    summary.repeats += mails.values().map(|same| same.len() - 1).sum::<usize>();
    summary.mails = sink.mails().len();
    summary.unknown = unknown_attempts(store).await?;
    ensure!(summary.repeats <= summary.unknown, "mails were repeated that nobody counted: {summary}");
    let refused = store.refused(&SCOPE(), RefusedState::Open, 10_000).await?;
    ensure!(refused.len() == feed.refused, "{} of {} refused", refused.len(), feed.refused);
    ensure!(events.count("encompass.incident.refused.v1") == feed.refused, "refusals were not all told back");
    summary.refused = refused.len();
    for chain in [FORCE, ""] {
        let verdict = store.check_audit_chain(chain).await?;
        ensure!(matches!(verdict, Verdict::Whole { .. }), "the audit log of {chain:?} is {verdict:?}");
    }
    Ok(summary)
}

/// The service's own account balances and agrees with ours.
async fn balanced(store: &Store, feed: &Feed, acted: &Acted) -> anyhow::Result<()> {
    let account = reconcile(store, Timestamp::MIN).await?;
    ensure!(account.is_balanced(), "the account differs: {account:?}");
    let (incidents, refused) = (i64::try_from(feed.incidents.len())?, i64::try_from(feed.refused)?);
    ensure!(
        (account.incidents, account.refused) == (incidents, refused),
        "{account:?}, not {incidents}, {refused}"
    );
    let mut states = BTreeMap::from([(ChildState::Notified, incidents)]);
    for deed in acted.deeds.values() {
        *states.entry(ChildState::Notified).or_insert(0) -= 1;
        *states.entry(expected(Some(*deed)).0).or_insert(0) += 1;
    }
    states.retain(|_, count| *count != 0);
    ensure!(account.states == states, "{account:?}, not {states:?}");
    Ok(())
}

/// What is left when each incident has its mails are codes and alerts about tasks: repeated as seldom, and alerts to the
/// desk only. How many codes there are.
fn codes(mails: &Mails, acted: &Acted) -> anyhow::Result<usize> {
    let to_lead: Vec<&Vec<Mail>> =
        mails.values().filter(|same| same.iter().any(|mail| mail.to == [Workload::LEAD])).collect();
    for same in &to_lead {
        let id = same[0].header("Message-ID");
        ensure!(letters::code(&same[0]).is_ok(), "a mail to the lead belongs to no incident: {id:?}");
    }
    ensure!(to_lead.len() <= acted.codes, "{} codes, and {} were asked for", to_lead.len(), acted.codes);
    Ok(to_lead.len())
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
    acted: &Acted,
    summary: &mut Summary,
) -> anyhow::Result<()> {
    let case = store.find_case(&SCOPE(), FORCE, reference).await?;
    ensure!((case.versions.len(), case.children.len()) == (1, 1), "versions or children");
    let deed = in_its_state(&case, acted)?;
    if let Some(deed) = deed {
        *summary.deeds.entry(deed).or_insert(0) += 1;
    }
    let sends = store.sends_of_incident(&SCOPE(), case.id).await?;
    let [send] = &sends[..] else { bail!("deliveries {sends:?}") };
    let same = mails.remove(&format!("<{}@tests.example>", send.id)).unwrap_or_default();
    let is_taken = sent_once(send, &same, deed)?;
    summary.repeats += same.len().saturating_sub(1);
    summary.attempts += send.attempts.len();
    summary.stopped += usize::from(!is_taken);
    let told = events.about(&case.id);
    let is_sent = told.iter().any(|event| event == "notification sent");
    // Who opens a notice before its mail is known to be taken makes it told: it never is "sent" after that.
    ensure!(is_sent || deed.is_some(), "nobody was told that it was sent: {told:?}");
    let first = ["accepted", "child held", "child notified", "notification waiting"];
    let sent = is_sent.then_some("notification sent");
    let expected: Vec<&str> = first.into_iter().chain(sent).chain(told_of(deed).iter().copied()).collect();
    ensure!(told == expected, "events {told:?}, not {expected:?}");
    Ok(())
}

/// The one child and its one notification are where what was done about them leaves them. What that was.
fn in_its_state(case: &Case, acted: &Acted) -> anyhow::Result<Option<Deed>> {
    let one = &case.children[0];
    let [told] = &one.told[..] else { bail!("{} notifications", one.told.len()) };
    let deed = acted.deeds.get(&told.id).copied();
    let why = one.child.hold.map(Hold::as_str).or(one.child.reason.map(Reason::as_str));
    let is = (one.child.state, why, told.state);
    ensure!(is == expected(deed), "{is:?} after {deed:?}");
    Ok(deed)
}

/// The mail was taken once, and again only for an attempt whose end nobody knew. Whether it was taken for sure: what
/// somebody opened or sent back before that is not tried again.
fn sent_once(send: &Send, same: &[Mail], deed: Option<Deed>) -> anyhow::Result<bool> {
    let is_taken = send.state == DeliveryState::Accepted;
    ensure!(is_taken || (deed.is_some() && send.state == DeliveryState::Stopped), "{send:?}");
    let unknown = send.attempts.iter().filter(|attempt| attempt.state == AttemptState::Unknown).count();
    ensure!(same.iter().all(|mail| mail.to == [Workload::LEAD]), "to somebody else");
    ensure!(!is_taken || !same.is_empty(), "no mail was taken");
    let most = usize::from(is_taken) + unknown;
    ensure!(same.len() <= most, "{} mails after {unknown} unknown attempts: {send:?}", same.len());
    Ok(is_taken)
}

/// Attempts whose end nobody knows, alerts included, as `/metrics` shows them.
async fn unknown_attempts(store: &Store) -> anyhow::Result<usize> {
    let families = Measure::new(store.clone(), SignedDuration::from_mins(15)).families(now()).await?;
    let family = families.iter().find(|family| family.name() == "encompass_attempts_unknown");
    let metrics = family.map(|family| family.get_metric()).unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
    Ok(metrics.iter().map(|metric| metric.get_gauge().get_value() as usize).sum())
}
