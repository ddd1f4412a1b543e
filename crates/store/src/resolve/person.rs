//! Decisions about a child by a named person.

use encompass_core::id::{ChildId, EntryId, LoadId, ResolutionId, SettingId};
use encompass_core::incident::Incident;
use encompass_core::routing::Whom;
use encompass_core::state::{Hold, Reason, ResolutionKind, TaskKind};
use jiff::Timestamp;
use serde::Serialize;
use zeroize::Zeroizing;

use super::chosen::Told;
use super::open::Open;
use super::target::{Rules, besides};
use super::tell::Telling;
use super::who::{Record, Who};
use crate::child::Child;
use crate::db::batch;
use crate::register::Candidate;
use crate::resolution::{Decision, evidence_place};
use crate::{Actor, Result, Scope, Store, Tx, audit_log, task};

/// What a person decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Those are told whom the routing table names for the entries that are the child, as the resolver would tell them.
    /// Those that were told of it, or are being told, stay as they are.
    ByTable,
    /// The child belongs to these settings, and those are told besides whom the routing table names then, if the person
    /// wants so. Those that were told of it, or are being told, stay as they are.
    Settings(Vec<SettingId>, Besides),
    /// Nobody is told, for this reason.
    Close(Reason),
    /// Another force or authority has accepted the child.
    HandOver(Recipient),
}

/// Who is told besides the settings that a person chose by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Besides {
    /// Nobody.
    Nobody,
    /// Whom the routing table names, such as the health visitors of a young child.
    ByTable,
}

/// Whether a contact of this name may be one of the incident's adults.
pub type IsConnected = fn(&Incident, &str) -> bool;

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
    /// Where somebody of whom that may be true is a contact, nobody is told whom the person has not chosen by hand.
    pub is_connected: IsConnected,
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
    /// By the routing table nobody is told of the entries that are the child, for this reason.
    NoRoute(Hold),
    /// An adult of the incident may be a contact of this setting, which the person has not chosen by hand.
    Connected(SettingId),
    /// A register no longer says what was shown of an entry that is said to be the child.
    RegisterChanged {
        /// Whether the resolver looks at the child again, so that there will be evidence of what the register says now.
        is_looked_at: bool,
    },
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
    told: &'a [Told],
    asks: Vec<Whom>,
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
        let said = who.said.these();
        tx.keep_current(said).await?;
        let open = tx.open_for_decision(scope, &decision).await?;
        let by = scope.actor.clone();
        let entries = self.as_now(scope, &open.child.force, said).await?;
        let Some(entries) = entries.into_iter().collect::<Option<Vec<Candidate>>>() else {
            let is_looked_at = tx.look_anew(&open.child, &by, now).await?;
            tx.commit().await?;
            return Ok(Outcome::RegisterChanged { is_looked_at });
        };
        let told = match self.told(&mut tx, &open, &decision, &entries, rules, (now, machine)).await? {
            Ok(told) => told,
            Err(refused) => return Ok(refused),
        };
        let recorded = Recorded { decision: &decision, who: &who, told: &told, by: &by };
        match &decision.choice {
            Choice::ByTable | Choice::Settings(..) => {
                let load = entries.first().map(|entry| entry.load);
                tx.decide_settings(open, &recorded, load, rules, now).await?;
            }
            Choice::Close(reason) => {
                tx.record(&open, &recorded, Some(*reason), now).await?;
                tx.close_children(&[open.child], *reason, &by, now).await?;
            }
            Choice::HandOver(to) => {
                tx.record(&open, &recorded, Some(Reason::HandedOver), now).await?;
                tx.hand_over(&open.child, to, &by, now).await?;
            }
        }
        tx.record_who(who, &by, now).await?;
        tx.commit().await?;
        Ok(Outcome::Done)
    }
}

/// What is refused without a look at the child.
fn refusal(scope: &Scope, decision: &ByPerson) -> Option<Outcome> {
    let is_person = matches!(scope.actor, Actor::Staff(_));
    match &decision.choice {
        _ if !is_person => Some(Outcome::NotAPerson),
        Choice::Settings(settings, _) if settings.is_empty() => Some(Outcome::NoSetting),
        Choice::Close(reason) if reason.needs_a_person() && decision.why.trim().is_empty() => {
            Some(Outcome::NoWords)
        }
        _ => None,
    }
}

/// A decision as it is recorded.
struct Recorded<'a> {
    decision: &'a ByPerson,
    who: &'a Who,
    told: &'a Telling,
    by: &'a Actor,
}

impl Tx {
    async fn decide_settings(
        &mut self,
        open: Open,
        recorded: &Recorded<'_>,
        register_load: Option<LoadId>,
        rules: &Rules,
        now: Timestamp,
    ) -> Result<()> {
        let Recorded { decision, who, told, by } = recorded;
        let detail = format!(
            "{} told, {} settings shown; {}",
            told.targets.len(),
            decision.shown.settings.len(),
            who.in_short()
        );
        self.note(&open.child, by, "child.decided", detail, now);
        let due_at = told.targets.iter().map(|target| target.due.at).min().unwrap_or(open.child.due_at);
        let asks = told.chosen.gaps.iter();
        let tasks = asks.map(|gap| besides(&open.child, gap, open.authority.clone(), due_at)).collect();
        self.open_tasks(tasks, now).await?;
        let decided = Decision {
            key: open.key.clone(),
            kind: ResolutionKind::Decided,
            by: (*by).clone(),
            evidence: recorded.evidence(None),
            rules_version: format!("person, routing {}", rules.routing.version),
            incident_version: open.version,
            register_load,
            directory_load: told.directory_load,
            targets: told.targets.clone(),
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
        recorded: &Recorded<'_>,
        reason: Option<Reason>,
        now: Timestamp,
    ) -> Result<()> {
        let Recorded { decision, who, by, .. } = recorded;
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
            open.key.seal(&evidence_place(id), &recorded.evidence(reason)).into(),
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

impl Recorded<'_> {
    fn evidence(&self, close: Option<Reason>) -> Zeroizing<Vec<u8>> {
        let settings = match &self.decision.choice {
            Choice::Settings(settings, _) => settings.as_slice(),
            Choice::ByTable | Choice::Close(_) | Choice::HandOver(_) => &[],
        };
        let evidence = Evidence {
            by: self.by.to_string(),
            why: self.decision.why.as_str(),
            shown: &self.decision.shown,
            settings,
            told: &self.told.chosen.told,
            asks: self.told.chosen.gaps.iter().map(|gap| gap.tell).collect(),
            close,
            who: self.who.record(),
        };
        Zeroizing::new(serde_json::to_vec(&evidence).expect("our own types are written as JSON"))
    }
}
