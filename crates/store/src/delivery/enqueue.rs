//! Putting deliveries into the queue.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use encompass_core::id::{ContactId, DeliveryId, IncidentId, NotificationId, SettingId, TaskId};
use encompass_core::state::{Channel, DeliveryKind};
use jiff::{SignedDuration, Timestamp};
use ring::digest;

use super::body::{Body, place};
use crate::db::{Value, batch, row};
use crate::seal::{SealingKey, random};
use crate::{Result, Signal, Tx};

/// How long a notice's link opens without signing in anew: a long weekend and a day.
const LINK_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// One notification to one contact at one time.
pub(crate) struct Rung {
    pub incident: IncidentId,
    pub force: String,
    pub key: SealingKey,
    pub notification: NotificationId,
    pub setting: SettingId,
    pub contact: ContactId,
    pub channel: Channel,
    pub due_at: Timestamp,
    pub at: Timestamp,
}

/// A delivery that is being put together from several rungs.
struct Notice {
    rung: Rung,
    notifications: Vec<NotificationId>,
}

/// Queues notices: one delivery for each incident and contact, carrying every notification that is owed.
/// A delivery that was never attempted takes further notifications; else a new round begins, under a Message-ID of its
/// own: what waits for its next try may have reached the mailbox, which then drops the same Message-ID.
pub(crate) async fn notices(tx: &mut Tx, rungs: Vec<Rung>, at: Timestamp) -> Result<()> {
    if rungs.is_empty() {
        return Ok(());
    }
    let standing = standing(tx, &rungs).await?;
    let mut new: BTreeMap<(IncidentId, ContactId), Notice> = BTreeMap::new();
    let mut joined: Vec<(DeliveryId, NotificationId)> = Vec::new();
    let mut sooner: BTreeMap<DeliveryId, Open> = BTreeMap::new();
    for rung in rungs {
        let key = (rung.incident, rung.contact);
        if let Some(Standing { open: Some(open), .. }) = standing.get(&key) {
            joined.push((open.delivery, rung.notification));
            let known = sooner.get(&open.delivery).unwrap_or(open);
            if let Some(open) = known.sooner(&rung) {
                sooner.insert(open.delivery, open);
            }
            continue;
        }
        match new.entry(key) {
            Entry::Vacant(entry) => {
                let notifications = vec![rung.notification];
                entry.insert(Notice { rung, notifications });
            }
            Entry::Occupied(mut entry) => entry.get_mut().add(rung),
        }
    }
    let mut rows = Vec::with_capacity(new.len());
    for (key, notice) in new {
        let round = standing.get(&key).map_or(0, |standing| standing.rounds);
        let id = tx.identity().delivery(key.0, key.1, round);
        joined.extend(notice.notifications.iter().map(|notification| (id, *notification)));
        rows.push(notice_row(id, round, notice.rung, at));
    }
    insert(tx, rows).await?;
    bring_forward(tx, sooner).await?;
    let links = joined.into_iter().map(|(delivery, id)| vec![delivery.into(), id.into()]).collect();
    let head = "INSERT INTO delivery_notification (delivery_id, notification_id)";
    batch::insert(tx.conn(), head, links, "ON CONFLICT DO NOTHING").await?;
    Ok(())
}

impl Notice {
    fn add(&mut self, rung: Rung) {
        self.rung.at = self.rung.at.min(rung.at);
        self.rung.due_at = self.rung.due_at.min(rung.due_at);
        self.notifications.push(rung.notification);
    }
}

/// What is there already for an incident and a contact.
struct Standing {
    rounds: u32,
    open: Option<Open>,
}

/// A delivery that waits for its first attempt.
#[derive(Clone, Copy)]
struct Open {
    delivery: DeliveryId,
    next_at: Timestamp,
    due_at: Timestamp,
}

impl Open {
    /// Its times with a further notification, where they are others.
    fn sooner(self, rung: &Rung) -> Option<Self> {
        let (next_at, due_at) = (self.next_at.min(rung.at), self.due_at.min(rung.due_at));
        (next_at < self.next_at || due_at < self.due_at).then_some(Self { next_at, due_at, ..self })
    }
}

async fn bring_forward(tx: &mut Tx, sooner: BTreeMap<DeliveryId, Open>) -> Result<()> {
    let rows = sooner.into_values();
    let rows = rows.map(|open| vec![open.delivery.into(), open.next_at.into(), open.due_at.into()]).collect();
    let update = "UPDATE delivery SET next_at = v.next_at, due_at = v.due_at FROM v WHERE delivery.id = v.id \
         RETURNING delivery.id AS id";
    batch::with(tx.conn(), "id, next_at, due_at", rows, update).await?;
    Ok(())
}

async fn standing(tx: &mut Tx, rungs: &[Rung]) -> Result<BTreeMap<(IncidentId, ContactId), Standing>> {
    let mut incidents: Vec<IncidentId> = rungs.iter().map(|rung| rung.incident).collect();
    incidents.sort_unstable();
    incidents.dedup();
    let select = "SELECT id, incident_id, contact_id, state, attempts, next_at, due_at FROM delivery WHERE incident_id IN";
    let for_update = tx.backend().for_update();
    let values = incidents.into_iter().map(Into::into).collect();
    let mut standing = BTreeMap::new();
    for found in batch::within(tx.conn(), select, values, for_update).await? {
        let Some(contact) = row::opt_id(&found, "contact_id")? else { continue };
        let key = (row::id(&found, "incident_id")?, contact);
        let entry = standing.entry(key).or_insert(Standing { rounds: 0, open: None });
        entry.rounds += 1;
        let times = row::opt_instant(&found, "next_at")?.zip(row::opt_instant(&found, "due_at")?);
        let is_untried = row::text(&found, "state")? == "queued" && row::int(&found, "attempts")? == 0;
        if let Some((next_at, due_at)) = times.filter(|_| is_untried) {
            entry.open = Some(Open { delivery: row::id(&found, "id")?, next_at, due_at });
        }
    }
    Ok(standing)
}

fn notice_row(id: DeliveryId, round: u32, rung: Rung, at: Timestamp) -> Vec<Value> {
    let token = token();
    let link_hash = hash_token(&token);
    let body = Body { token: Some(token), ..Body::default() };
    let link_until = rung.due_at.max(at).saturating_add(LINK_FOR).unwrap_or(Timestamp::MAX);
    Queued {
        id,
        force: rung.force,
        kind: DeliveryKind::Notice,
        channel: rung.channel,
        incident: Some(rung.incident),
        setting: Some(rung.setting),
        contact: Some(rung.contact),
        task: None,
        round,
        sealed_body: rung.key.seal_json(&place(id), &body),
        link: Some((link_hash, link_until)),
        due_at: Some(rung.due_at),
        next_at: rung.at,
        created_at: at,
    }
    .row()
}

/// A mail that is not about one incident: a code, a verification, an alert.
pub struct Mail {
    /// What it carries.
    pub kind: DeliveryKind,
    /// The force, or empty.
    pub force: String,
    /// The contact it goes to, unless the body has an address.
    pub contact: Option<ContactId>,
    /// The task that an alert is about.
    pub task: Option<TaskId>,
    /// What its template is filled with.
    pub body: super::body::Body,
    /// Until when it is of use.
    pub due_at: Timestamp,
}

impl Tx {
    /// Queues mails. Their Message-IDs come of their row's id.
    pub async fn queue_mails(&mut self, mails: Vec<Mail>, at: Timestamp) -> Result<()> {
        let rows = mails
            .into_iter()
            .map(|mail| {
                let id = DeliveryId::new(uuid::Uuid::now_v7());
                Queued {
                    id,
                    force: mail.force,
                    kind: mail.kind,
                    channel: Channel::Email,
                    incident: None,
                    setting: None,
                    contact: mail.contact,
                    task: mail.task,
                    round: 0,
                    sealed_body: self.keys().directory().seal_json(&place(id), &mail.body),
                    link: None,
                    due_at: Some(mail.due_at),
                    next_at: at,
                    created_at: at,
                }
                .row()
            })
            .collect();
        insert(self, rows).await
    }
}

/// A row of the queue.
struct Queued {
    id: DeliveryId,
    force: String,
    kind: DeliveryKind,
    channel: Channel,
    incident: Option<IncidentId>,
    setting: Option<SettingId>,
    contact: Option<ContactId>,
    task: Option<TaskId>,
    round: u32,
    sealed_body: Vec<u8>,
    link: Option<(Vec<u8>, Timestamp)>,
    due_at: Option<Timestamp>,
    next_at: Timestamp,
    created_at: Timestamp,
}

impl Queued {
    fn row(self) -> Vec<Value> {
        let (link_hash, link_until) = self.link.unzip();
        vec![
            self.id.into(),
            self.force.into(),
            self.kind.as_str().into(),
            self.channel.as_str().into(),
            self.incident.into(),
            self.setting.into(),
            self.contact.into(),
            self.task.into(),
            i64::from(self.round).into(),
            self.kind.priority().into(),
            "queued".into(),
            self.id.to_string().into(),
            self.sealed_body.into(),
            link_hash.into(),
            link_until.into(),
            self.due_at.into(),
            self.next_at.into(),
            self.created_at.into(),
            0_i64.into(),
            0_i64.into(),
            0_i64.into(),
        ]
    }
}

async fn insert(tx: &mut Tx, rows: Vec<Vec<Value>>) -> Result<()> {
    let head = "INSERT INTO delivery (id, force_id, kind, channel, incident_id, setting_id, contact_id, task_id, round, \
         priority, state, message_id, sealed_body, link_hash, link_until, due_at, next_at, created_at, attempts, \
         unknowns, claim)";
    batch::insert(tx.conn(), head, rows, "ON CONFLICT DO NOTHING").await?;
    tx.wake(Signal::Notifier);
    Ok(())
}

/// A token of 128 random bits, as it stands in a link.
pub fn token() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(random::<16>())
}

/// How a token is stored.
pub fn hash_token(token: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, token.as_bytes()).as_ref().to_vec()
}
