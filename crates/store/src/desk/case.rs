//! One case, opened: the incident's versions, its children, what was decided about them and what became of it.

use encompass_core::id::{ChildId, IncidentId, LoadId, NotificationId, ResolutionId, SettingId};
use encompass_core::state::{NotificationEnd, NotificationState, ResolutionKind, SettingKind};
use jiff::Timestamp;
use sqlx::any::AnyRow;
use zeroize::Zeroizing;

use super::select::Select;
use crate::child::{Child, select_child};
use crate::db::row;
use crate::seal::SealingKey;
use crate::{Error, Result, Scope, Store};

/// An incident with all that is stored of it. Its key opens what is sealed: the caller writes the view to the log.
pub struct Case {
    /// Its id.
    pub id: IncidentId,
    /// Its force.
    pub force: String,
    /// The police reference; `None` once it is erased.
    pub reference: Option<String>,
    /// When it first reached us.
    pub received_at: Timestamp,
    /// When the force knew.
    pub known_at: Timestamp,
    /// Whether the police took it back.
    pub is_withdrawn: bool,
    /// Whether it is for named people only.
    pub is_restricted: bool,
    /// Whether it is an exercise.
    pub is_exercise: bool,
    /// Whether it is history, which is never sent.
    pub is_history: bool,
    /// The versions, lowest first.
    pub versions: Vec<Version>,
    /// The children in scope, in their places.
    pub children: Vec<CaseChild>,
    /// How many children there are that the reader may not see.
    pub children_hidden: i64,
    /// How many of those are for named people only by the word of a register.
    pub children_restricted: i64,
    key: SealingKey,
}

impl Case {
    /// The case's sealing key.
    pub const fn key(&self) -> &SealingKey {
        &self.key
    }
}

/// One version of an incident.
pub struct Version {
    /// Its number.
    pub number: i64,
    /// Reported, corrected or withdrawn.
    pub kind: String,
    /// The event's data, as JSON.
    pub body: Zeroizing<Vec<u8>>,
    /// What was set aside or mended, as JSON: pointer, problem, advice.
    pub marks: String,
    /// How many marks there were, kept or not.
    pub mark_count: i64,
    /// When it reached us.
    pub received_at: Timestamp,
    /// Where it came from.
    pub source: String,
    /// How often it came again.
    pub repeats: i64,
}

/// A child of a case.
pub struct CaseChild {
    /// The child.
    pub child: Child,
    /// The police system's reference of the child.
    pub child_ref: Zeroizing<String>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// By whom, as in the audit log.
    pub closed_by: Option<String>,
    /// Its decisions, oldest first: of very many the newest.
    pub decisions: Vec<Decided>,
    /// Its notifications, oldest first.
    pub told: Vec<Told>,
    /// Every due time it had, oldest first.
    pub dues: Vec<DueValue>,
    /// The settings that said it is not there, or has left.
    pub excluded: Vec<(SettingId, String)>,
}

/// A decision which settings a child belongs to.
pub struct Decided {
    /// Its id.
    pub id: ResolutionId,
    /// How.
    pub kind: ResolutionKind,
    /// Why it was held or closed, in a word of ours.
    pub reason: Option<String>,
    /// When.
    pub decided_at: Timestamp,
    /// By whom or what, as in the audit log.
    pub decided_by: String,
    /// Which version of the incident was looked at.
    pub incident_version: i64,
    /// Under which rules.
    pub rules_version: String,
    /// On which version of a register.
    pub register_load: Option<LoadId>,
    /// On which version of the directory.
    pub directory_load: Option<LoadId>,
    /// The evidence, as JSON; where a held child was looked at again since, and the same decided, what was seen then.
    pub evidence: Zeroizing<Vec<u8>>,
}

/// A notification as the desk sees it.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its id.
    pub id: NotificationId,
    /// The setting.
    pub setting: SettingId,
    /// The setting's kind.
    pub setting_kind: SettingKind,
    /// Where it stands.
    pub state: NotificationState,
    /// Why it was closed, if it was.
    pub ended: Option<NotificationEnd>,
    /// Why the setting may be told.
    pub legal_basis: String,
    /// When the setting must have been told.
    pub due_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// When a relay or endpoint first took it.
    pub sent_at: Option<Timestamp>,
    /// When the setting was shown the content.
    pub opened_at: Option<Timestamp>,
    /// When a named person there said "I have it".
    pub acknowledged_at: Option<Timestamp>,
    /// The earlier of the two.
    pub told_at: Option<Timestamp>,
    /// How.
    pub told_how: Option<String>,
    /// Which version was told.
    pub version_told: Option<i64>,
    /// Every due time it had, oldest first.
    pub dues: Vec<DueValue>,
}

/// A due time with its reasoning.
#[derive(Clone, Debug)]
pub struct DueValue {
    /// Since when.
    pub set_at: Timestamp,
    /// The due time.
    pub due_at: Timestamp,
    /// Whether it stood only until there was a setting.
    pub is_provisional: bool,
    /// Why, as JSON of `core::due::Reason`.
    pub reasoning: String,
}

impl Store {
    /// Opens the case that a child in scope belongs to. Of its siblings only those in scope are there.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the child is not in scope; [`Error::Sealed`] when the case was erased.
    pub async fn open_child(&self, scope: &Scope, child: ChildId) -> Result<(Case, usize)> {
        let mut select = Select::new(
            "SELECT child.incident_id AS incident_id FROM child JOIN incident ON incident.id = child.incident_id \
             WHERE child.id = ",
        );
        select.bind(child).of_children(scope);
        let found = select.one(self).await?.ok_or(Error::NotFound)?;
        let case = self.open_case(scope, row::id(&found, "incident_id")?).await?;
        let place = case.children.iter().position(|one| one.child.id == child).ok_or(Error::NotFound)?;
        Ok((case, place))
    }

    /// Opens the case of a force's police reference.
    ///
    /// # Errors
    /// As [`Store::open_case`].
    pub async fn find_case(&self, scope: &Scope, force: &str, reference: &str) -> Result<Case> {
        let id = self.incident_of(force, reference).await?.ok_or(Error::NotFound)?;
        self.open_case(scope, id).await
    }

    /// Opens a case.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not in scope; [`Error::Sealed`] when it was erased.
    pub async fn open_case(&self, scope: &Scope, id: IncidentId) -> Result<Case> {
        if !self.sees_incident(scope, id).await? {
            return Err(Error::NotFound);
        }
        let mut select = Select::new(
            "SELECT incident.*, (SELECT COUNT(*) FROM child WHERE child.incident_id = incident.id) AS all_children, \
             (SELECT COUNT(*) FROM child WHERE child.incident_id = incident.id AND child.is_restricted = 1) \
             AS restricted_children FROM incident WHERE incident.id = ",
        );
        select.bind(id);
        let found = select.one(self).await?.ok_or(Error::NotFound)?;
        let key = self.keys().unwrap(&id.bytes(), row::opt_bytes(&found, "wrapped_key")?.as_deref())?;
        let children = self.case_children(scope, id, &key).await?;
        let all = row::int(&found, "all_children")?;
        Ok(Case {
            id,
            force: row::text(&found, "force_id")?,
            reference: row::opt_text(&found, "reference")?,
            received_at: row::instant(&found, "received_at")?,
            known_at: row::instant(&found, "known_at")?,
            is_withdrawn: row::flag(&found, "is_withdrawn")?,
            is_restricted: row::flag(&found, "is_restricted")?,
            is_exercise: row::flag(&found, "is_exercise")?,
            is_history: row::flag(&found, "is_history")?,
            versions: self.case_versions(id, &key).await?,
            children_restricted: if scope.sees_restricted() {
                0
            } else {
                row::int(&found, "restricted_children")?
            },
            children_hidden: all - i64::try_from(children.len()).unwrap_or(all),
            children,
            key,
        })
    }

    async fn case_versions(&self, id: IncidentId, key: &SealingKey) -> Result<Vec<Version>> {
        let mut select = Select::new("SELECT * FROM incident_version WHERE incident_id = ");
        select.bind(id).add(" ORDER BY version LIMIT 100");
        let rows = select.all(self).await?;
        rows.iter()
            .map(|found| {
                let number = row::int(found, "version")?;
                let place = crate::incident::body_place(id, number);
                Ok(Version {
                    number,
                    kind: row::text(found, "kind")?,
                    body: key.open(&place, &row::bytes(found, "sealed_body")?)?,
                    marks: row::text(found, "marks")?,
                    mark_count: row::int(found, "mark_count")?,
                    received_at: row::instant(found, "received_at")?,
                    source: row::text(found, "source")?,
                    repeats: row::int(found, "repeats")?,
                })
            })
            .collect()
    }

    async fn case_children(&self, scope: &Scope, id: IncidentId, key: &SealingKey) -> Result<Vec<CaseChild>> {
        let mut select = Select::new(select_child!(""));
        select
            .add("WHERE child.incident_id = ")
            .bind(id)
            .of_children(scope)
            .add(" ORDER BY child.place, child.id");
        let mut children = Vec::new();
        for found in select.all(self).await? {
            let child = Child::from_row(&found)?;
            children.push(self.case_child(child, key).await?);
        }
        Ok(children)
    }

    async fn case_child(&self, child: Child, key: &SealingKey) -> Result<CaseChild> {
        let mut select = Select::new("SELECT sealed_ref, closed_at, closed_by FROM child WHERE id = ");
        select.bind(child.id);
        let found = select.one(self).await?.ok_or(Error::NotFound)?;
        let mut select = Select::new("SELECT * FROM resolution WHERE child_id = ");
        select.bind(child.id).add(" ORDER BY decided_at DESC, id DESC LIMIT 200");
        let newest_first = select.all(self).await?;
        let decisions =
            newest_first.iter().rev().map(|found| decided(found, key)).collect::<Result<Vec<_>>>()?;
        let mut select = Select::new("SELECT setting_id, reason FROM exclusion WHERE child_id = ");
        select.bind(child.id).add(" ORDER BY excluded_at");
        let excluded = select.all(self).await?;
        let excluded =
            excluded.iter().map(|found| Ok((row::id(found, "setting_id")?, row::text(found, "reason")?)));
        let place = crate::incident::child_place(child.id);
        Ok(CaseChild {
            child_ref: key.open_text(&place, &row::bytes(&found, "sealed_ref")?)?,
            closed_at: row::opt_instant(&found, "closed_at")?,
            closed_by: row::opt_text(&found, "closed_by")?,
            decisions,
            told: self.told_of(child.id).await?,
            dues: self.due_values(child.id.bytes()).await?,
            excluded: excluded.collect::<Result<_>>()?,
            child,
        })
    }

    async fn told_of(&self, child: ChildId) -> Result<Vec<Told>> {
        let mut select = Select::new("SELECT * FROM notification WHERE child_id = ");
        select.bind(child).add(" ORDER BY created_at, id");
        let mut told = Vec::new();
        for found in select.all(self).await? {
            let mut one = told_from(&found)?;
            one.dues = self.due_values(one.id.bytes()).await?;
            told.push(one);
        }
        Ok(told)
    }

    async fn due_values(&self, subject: [u8; 16]) -> Result<Vec<DueValue>> {
        let mut select = Select::new("SELECT * FROM due_value WHERE subject_id = ");
        select.bind(subject).add(" ORDER BY set_at, due_at LIMIT 200");
        let rows = select.all(self).await?;
        rows.iter()
            .map(|found| {
                Ok(DueValue {
                    set_at: row::instant(found, "set_at")?,
                    due_at: row::instant(found, "due_at")?,
                    is_provisional: row::flag(found, "is_provisional")?,
                    reasoning: row::text(found, "reasoning")?,
                })
            })
            .collect()
    }
}

fn decided(found: &AnyRow, key: &SealingKey) -> Result<Decided> {
    let id: ResolutionId = row::id(found, "id")?;
    let (place, sealed) = crate::resolution::newest_evidence(found)?;
    Ok(Decided {
        id,
        kind: row::word(found, "kind")?,
        reason: row::opt_text(found, "reason")?,
        decided_at: row::instant(found, "decided_at")?,
        decided_by: row::text(found, "decided_by")?,
        incident_version: row::int(found, "incident_version")?,
        rules_version: row::text(found, "rules_version")?,
        register_load: row::opt_id(found, "register_load")?,
        directory_load: row::opt_id(found, "directory_load")?,
        evidence: key.open(&place, &sealed)?,
    })
}

fn told_from(found: &AnyRow) -> Result<Told> {
    Ok(Told {
        id: row::id(found, "id")?,
        setting: row::id(found, "setting_id")?,
        setting_kind: row::word(found, "setting_kind")?,
        state: row::word(found, "state")?,
        ended: row::opt_word(found, "ended")?,
        legal_basis: row::text(found, "legal_basis")?,
        due_at: row::instant(found, "due_at")?,
        created_at: row::instant(found, "created_at")?,
        sent_at: row::opt_instant(found, "sent_at")?,
        opened_at: row::opt_instant(found, "opened_at")?,
        acknowledged_at: row::opt_instant(found, "acknowledged_at")?,
        told_at: row::opt_instant(found, "told_at")?,
        told_how: row::opt_text(found, "told_how")?,
        version_told: row::opt_int(found, "version_told")?,
        dues: Vec::new(),
    })
}
