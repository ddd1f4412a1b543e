//! Preparing: from a claim to the letter or call that leaves. Nothing here waits for the world.

use std::collections::BTreeMap;

use encompass_core::id::ContactId;
use encompass_core::state::{Channel, ContactState, DeliveryKind, TaskKind};
use encompass_store::contact::Contact;
use encompass_store::delivery::{Body, Claimed, NoBody};
use jiff::Timestamp;

use super::{Error, Notifier};
use crate::channel::webhook::Secret;
use crate::message::{self, Code, Message, Notice, Officer, TaskAlert, Verification};

/// What leaves.
pub(crate) enum Parcel {
    /// A mail.
    Mail {
        /// The recipient.
        to: String,
        /// The letter.
        message: Message,
    },
    /// A webhook.
    Hook {
        /// The endpoint.
        url: String,
        /// Its secrets.
        secrets: Vec<Secret>,
        /// The thin body.
        payload: String,
    },
}

/// Why nothing leaves. Each is a fault of data that a person mends; the delivery is given up with a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unsendable {
    /// The case was erased.
    Erased,
    /// What it must be filled with can't be opened.
    Unreadable,
    /// The contact is not verified any more, or is gone.
    NoContact,
    /// Something that the template or endpoint needs is missing.
    Incomplete,
}

impl Notifier {
    /// The contacts of claimed deliveries.
    pub(crate) async fn contacts(&self, claimed: &[Claimed]) -> Result<BTreeMap<ContactId, Contact>, Error> {
        let mut ids: Vec<ContactId> = claimed.iter().filter_map(|claim| claim.contact).collect();
        ids.sort_unstable();
        ids.dedup();
        let found = self.store.contacts_by_id(&ids).await?;
        Ok(found.into_iter().map(|contact| (contact.id, contact)).collect())
    }

    /// The parcel of one claim.
    pub(crate) fn prepare(
        &self,
        claim: &Claimed,
        contacts: &BTreeMap<ContactId, Contact>,
        now: Timestamp,
    ) -> Result<Parcel, Unsendable> {
        let body = claim.body.as_ref().map_err(|why| match why {
            NoBody::Erased => Unsendable::Erased,
            NoBody::Unreadable => Unsendable::Unreadable,
        })?;
        let contact = claim.contact.and_then(|id| contacts.get(&id));
        if claim.kind == DeliveryKind::Notice && contact.is_none_or(|c| c.state != ContactState::Verified) {
            return Err(Unsendable::NoContact);
        }
        if claim.channel == Channel::Webhook {
            return hook(claim, contact.ok_or(Unsendable::NoContact)?);
        }
        let to = body.address.clone().or_else(|| contact.map(|contact| contact.person.address.clone()));
        let message = self.letter(claim, body, now).ok_or(Unsendable::Incomplete)?;
        Ok(Parcel::Mail { to: to.ok_or(Unsendable::NoContact)?, message })
    }

    /// The mail of a claim; `None` where its template needs what the body does not have.
    fn letter(&self, claim: &Claimed, body: &Body, now: Timestamp) -> Option<Message> {
        let force = self.forces.get(&claim.force);
        let telephone = force.map_or("", |force| force.telephone.as_str());
        let name = force.map_or("Operation Encompass", |force| force.name.as_str());
        let due_at = claim.due_at.unwrap_or(claim.created_at);
        let link = |path: &str, token: &str| format!("{}/{path}/{token}", self.links.portal);
        let letter = match claim.kind {
            DeliveryKind::Notice => self.templates.notice(&Notice {
                force: name,
                link: &link("n", body.token.as_deref()?),
                count: usize::try_from(claim.notifications).unwrap_or(1).max(1),
                due_at,
                telephone,
            }),
            DeliveryKind::Code => self.templates.code(&Code { code: body.code.as_deref()?, telephone }),
            DeliveryKind::Verification => self.templates.verification(&Verification {
                force: name,
                link: &link("verify", body.token.as_deref()?),
                code: body.code.as_deref()?,
                expires_at: due_at,
                telephone,
            }),
            DeliveryKind::Alert if body.is_for_officer => self.templates.officer(&Officer {
                force: name,
                due_at,
                at: now,
                reference: &claim.task?.spoken(),
                telephone,
            }),
            DeliveryKind::Alert => self.templates.task_alert(&TaskAlert {
                kind: asked(body.task_kind.as_deref()?.parse().ok()?),
                due_at,
                at: now,
                link: &format!("{}/tasks/{}", self.links.desk, claim.task?),
                second: body.is_second,
            }),
        };
        letter.ok()
    }
}

/// A task's kind in the words of a mail.
const fn asked(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Hold => "A child has no setting yet: decide who must be told",
        TaskKind::Call => "A setting has not acknowledged: telephone it",
        TaskKind::DeadLetter => "A message from a police system was refused",
        TaskKind::Corrected => "A correction came after a setting was told",
        TaskKind::Withdrawn => "A withdrawal came after a setting was told",
        TaskKind::NoLongerNamed => "A correction no longer names a child",
        TaskKind::VersionOrder => "It is not certain which version of an incident holds",
        TaskKind::WrongSetting => "A setting says that a child is not with them",
        TaskKind::TellBesides => "Somebody else is to be told of a child, and it is not clear who",
        TaskKind::HandedOver => "Another force has handed a child over to yours",
        TaskKind::Withheld => "Free text was kept back from a setting",
        TaskKind::BadContact => "A setting needs a contact that works",
        TaskKind::WrongForce => "A topic named a force that it may not speak for",
        TaskKind::Narrowed => "Wrong matches: less is sent without a person from now on",
        TaskKind::TallyDifference => "The police's tally and our count differ",
        TaskKind::FeedGap => "A feed has a gap",
        TaskKind::Stuck => "Work is stuck",
    }
}

fn hook(claim: &Claimed, contact: &Contact) -> Result<Parcel, Unsendable> {
    // During a change of secrets the old and the new stand side by side, apart by a space.
    let secrets = contact.person.secret.as_deref().unwrap_or_default().split_whitespace();
    let secrets: Vec<Secret> = secrets.filter_map(|secret| Secret::parse(secret).ok()).collect();
    if secrets.is_empty() {
        return Err(Unsendable::Incomplete);
    }
    let due_at = claim.due_at.unwrap_or(claim.created_at);
    let count = usize::try_from(claim.notifications).unwrap_or(1).max(1);
    let payload = message::waiting(&claim.message_id, due_at, count, claim.created_at);
    Ok(Parcel::Hook { url: contact.person.address.clone(), secrets, payload })
}
