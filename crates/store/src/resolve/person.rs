//! Decisions about a child by a named person.

use encompass_core::id::{ChildId, EntryId, LoadId, ResolutionId, SettingId};
use encompass_core::state::{Reason, ResolutionKind, TaskKind};
use jiff::Timestamp;
use serde::Serialize;
use zeroize::Zeroizing;

use super::open::Open;
use super::target::Rules;
use super::who::{Record, Who};
use crate::child::Child;
use crate::db::batch;
use crate::resolution::{Decision, Target, evidence_place};
use crate::{Actor, Result, Scope, Store, Tx, audit_log, task};

/// What a person decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The child belongs to these settings. Those that were told of it, or are being told, stay as they are.
    Settings(Vec<SettingId>),
    /// Nobody is told, for this reason.
    Close(Reason),
    /// Another force or authority has accepted the child.
    HandOver(Recipient),
}

/// Who accepted a child that is handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// A force of this installation: its desk is granted the child.
    Force(String),
    /// A force or authority that has no desk here.
    Elsewhere,
}

impl Recipient {
    /// The word under which the grant is written.
    pub(super) fn word(&self) -> &str {
        match self {
            Self::Force(force) => force,
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// What the person was shown, so that nobody decides on something else than what is there now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The version of the incident.
    pub version: i64,
    /// The newest resolution.
    pub resolution: Option<ResolutionId>,
    /// The settings that were offered.
    pub settings: Vec<SettingId>,
}

/// A decision.
#[derive(Clone)]
pub struct ByPerson {
    /// The child.
    pub child: ChildId,
    /// What is decided.
    pub choice: Choice,
    /// Why, in the person's own words. Sealed.
    pub why: Zeroizing<String>,
    /// What they were shown.
    pub shown: Shown,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Done,
    /// No setting was chosen.
    NoSetting,
    /// Each of the settings was told already, or is being told.
    NothingNew,
    /// The setting said that the child is not there.
    Excluded(SettingId),
    /// The setting is closed, or the directory does not know it.
    NotOpen(SettingId),
    /// The routing table knows no legal basis for this kind of setting.
    NoLegalBasis(SettingId),
    /// The reason is wanted in the person's own words.
    NoWords,
    /// Only a member of staff may decide so, not a service.
    NotAPerson,
    /// The entry that is said to be the child was not shown.
    NotShown(EntryId),
    /// Two entries of one register are said to be the child.
    TwoOfOneRegister,
}

/// What is sealed as evidence of a person's decision.
#[derive(Serialize)]
struct Evidence<'a> {
    by: String,
    why: &'a str,
    shown: &'a Shown,
    settings: &'a [SettingId],
    close: Option<Reason>,
    who: Record,
}

impl Store {
    /// Decides about a child of whom nobody says which entries of registers it is, as [`Store::decide_who`].
    ///
    /// # Errors
    /// As [`Store::decide_who`].
    pub async fn decide_by_person(
        &self,
        scope: &Scope,
        rules: &Rules,
        decision: ByPerson,
        now: Timestamp,
        machine: Timestamp,
    ) -> Result<Outcome> {
        self.decide_who(scope, rules, decision, Who::default(), now, machine).await
    }

    /// Decides about a child. Targets, due times and plans are worked out as the resolver does it. `now` is domain
    /// time, `machine` the machine's.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] outside the scope; [`crate::Error::Changed`] when the child is no longer as it was shown, such as
    /// when somebody else has decided; [`crate::Error::Sealed`] once the case is erased; else as the database says.
    pub async fn decide_who(
        &self,
        scope: &Scope,
        rules: &Rules,
        decision: ByPerson,
        who: Who,
        now: Timestamp,
        machine: Timestamp,
    ) -> Result<Outcome> {
        if let Some(refused) = refusal(scope, &decision).or_else(|| who.refusal()) {
            return Ok(refused);
        }
        let mut tx = self.begin().await?;
        let open = tx.open_for_decision(scope, &decision).await?;
        let by = scope.actor.clone();
        match &decision.choice {
            Choice::Settings(settings) => {
                let targets = match self.targets(&open, settings, rules, now, machine).await? {
                    Ok(targets) => targets,
                    Err(refused) => return Ok(refused),
                };
                let loads = self.settings(settings, machine).await?;
                let load = settings.iter().find_map(|id| Some(loads.get(id)?.load));
                tx.decide_settings(open, (&decision, &who), targets, load, rules, &by, now).await?;
            }
            Choice::Close(reason) => {
                tx.record(&open, (&decision, &who), Some(*reason), &by, now).await?;
                tx.close_children(&[open.child], *reason, &by, now).await?;
            }
            Choice::HandOver(to) => {
                tx.record(&open, (&decision, &who), Some(Reason::HandedOver), &by, now).await?;
                tx.hand_over(&open.child, to, &by, now).await?;
            }
        }
        tx.record_who(who, &by, now).await?;
        tx.commit().await?;
        Ok(Outcome::Done)
    }

    async fn targets(
        &self,
        open: &Open,
        settings: &[SettingId],
        rules: &Rules,
        now: Timestamp,
        machine: Timestamp,
    ) -> Result<Result<Vec<Target>, Outcome>> {
        if let Some(excluded) = settings.iter().find(|id| open.excluded.contains(id)) {
            return Ok(Err(Outcome::Excluded(*excluded)));
        }
        let settings: Vec<SettingId> =
            settings.iter().filter(|id| !open.standing.contains(id)).copied().collect();
        if settings.is_empty() {
            return Ok(Err(Outcome::NothingNew));
        }
        let sites = self.sites(&settings, rules, machine).await?;
        let force = open.child.force.as_str();
        let places: Vec<_> = settings.iter().map(|id| (*id, force)).collect();
        let contacts = self.contacts_at(&places).await?;
        let mut targets = Vec::with_capacity(settings.len());
        for id in settings {
            let site = sites.iter().find(|site| site.setting.id == id && site.setting.record.is_open);
            let Some(site) = site else { return Ok(Err(Outcome::NotOpen(id))) };
            let of_setting = contacts.get(&(id, force.to_owned())).map_or(&[][..], Vec::as_slice);
            match site.target(&open.known, of_setting, rules, now) {
                Some(target) => targets.push(target),
                None => return Ok(Err(Outcome::NoLegalBasis(id))),
            }
        }
        Ok(Ok(targets))
    }
}

/// What is refused without a look at the child.
fn refusal(scope: &Scope, decision: &ByPerson) -> Option<Outcome> {
    let is_person = matches!(scope.actor, Actor::Staff(_));
    match &decision.choice {
        _ if !is_person => Some(Outcome::NotAPerson),
        Choice::Settings(settings) if settings.is_empty() => Some(Outcome::NoSetting),
        Choice::Close(reason) if reason.needs_a_person() && decision.why.trim().is_empty() => {
            Some(Outcome::NoWords)
        }
        _ => None,
    }
}

impl Tx {
    #[expect(clippy::too_many_arguments, reason = "each is one part of the decision's record")]
    async fn decide_settings(
        &mut self,
        open: Open,
        (decision, who): (&ByPerson, &Who),
        targets: Vec<Target>,
        directory_load: Option<LoadId>,
        rules: &Rules,
        by: &Actor,
        now: Timestamp,
    ) -> Result<()> {
        let detail = format!(
            "{} of {} settings shown; {}",
            targets.len(),
            decision.shown.settings.len(),
            who.in_short()
        );
        self.note(&open.child, by, "child.decided", detail, now);
        let decided = Decision {
            key: open.key.clone(),
            kind: ResolutionKind::Decided,
            by: by.clone(),
            evidence: evidence(decision, who, None, by),
            rules_version: format!("person, routing {}", rules.routing.version),
            incident_version: open.version,
            register_load: None,
            directory_load,
            targets,
            hold: None,
            is_restricted: open.child.is_restricted,
            provisional: None,
            authority: open.authority,
            child: open.child,
        };
        self.decide(vec![decided], now).await
    }

    /// Records a decision that tells nobody.
    async fn record(
        &mut self,
        open: &Open,
        (decision, who): (&ByPerson, &Who),
        reason: Option<Reason>,
        by: &Actor,
        now: Timestamp,
    ) -> Result<()> {
        let id = ResolutionId::new(uuid::Uuid::now_v7());
        let detail = format!("{} settings shown; {}", decision.shown.settings.len(), who.in_short());
        self.note(&open.child, by, "child.decided", detail, now);
        let head = "INSERT INTO resolution (id, force_id, child_id, kind, reason, decided_at, decided_by, \
             incident_version, rules_version, sealed_evidence)";
        let row = vec![
            id.into(),
            open.child.force.as_str().into(),
            open.child.id.into(),
            ResolutionKind::None.as_str().into(),
            reason.map(Reason::as_str).into(),
            now.into(),
            by.to_string().into(),
            open.version.into(),
            "person".into(),
            open.key.seal(&evidence_place(id), &evidence(decision, who, reason, by)).into(),
        ];
        batch::insert(self.conn(), head, vec![row], "").await?;
        Ok(())
    }

    /// Gives a child into the hands of another force or authority, which has accepted it.
    async fn hand_over(&mut self, child: &Child, to: &Recipient, by: &Actor, now: Timestamp) -> Result<()> {
        let end = encompass_core::state::NotificationEnd::ByPerson;
        self.end_notifications(std::slice::from_ref(child), end, now).await?;
        let update = "UPDATE child SET state = 'handed_over', reason = $2, hold = NULL, wants_resolver = 0, \
             next_at = NULL, closed_at = $3, closed_by = $4 WHERE id = $1";
        sqlx::query(update)
            .bind(child.id.bytes().to_vec())
            .bind(Reason::HandedOver.as_str())
            .bind(now.as_microsecond())
            .bind(by.to_string())
            .execute(self.conn())
            .await?;
        let kinds = [TaskKind::Hold, TaskKind::Call];
        task::settle_about_children(self.conn(), &[child.id], &kinds, Reason::HandedOver.as_str(), now)
            .await?;
        self.handed_over(child, to, by, now).await
    }

    fn note(&mut self, child: &Child, by: &Actor, action: &'static str, detail: String, now: Timestamp) {
        let subject = format!("child:{}", child.id);
        let entry = audit_log::Entry::new(&child.force, now, by.clone(), action, subject);
        self.audit(entry.of(child.incident).because(detail));
    }
}

fn evidence(decision: &ByPerson, who: &Who, close: Option<Reason>, by: &Actor) -> Zeroizing<Vec<u8>> {
    let settings = match &decision.choice {
        Choice::Settings(settings) => settings.as_slice(),
        Choice::Close(_) | Choice::HandOver(_) => &[],
    };
    let why = decision.why.as_str();
    let who = who.record();
    let evidence = Evidence { by: by.to_string(), why, shown: &decision.shown, settings, close, who };
    Zeroizing::new(serde_json::to_vec(&evidence).expect("our own types are written as JSON"))
}
