//! The simulated desk: hears of tasks, takes them, settles them as a person who finds out the truth.

use anyhow::{Context, bail};
use encompass_core::id::{SettingId, TaskId};
use encompass_core::state::{ChildState, NotificationEnd, NotificationState, Reason, TaskKind, TaskState};
use encompass_county::{Asked, Case, Fate, Must, Settled, Settlement, desk};
use encompass_intake::accept;
use encompass_store::audit_log::Entry;
use encompass_store::desk::{CaseChild, Task};
use encompass_store::resolve::{Besides, ByPerson, Choice, Outcome, Shown};
use encompass_store::{Error, desk as pages};
use jiff::SignedDuration;
use serde_json::Value;

use super::Demo;
use super::agenda::Act;
use super::play::Progress;
use super::staff;

/// When a setting whose telephone nobody answered is called again.
const CALL_AGAIN: SignedDuration = SignedDuration::from_mins(12);
/// What the desk writes beside a decision.
const NOTE: &str = "Simulated: found out by telephone";

impl Demo {
    /// Puts tasks that are new on the agenda, until the desk goes home.
    pub(super) async fn hear_of_tasks(&self, play: &mut Progress) -> anyhow::Result<()> {
        for task in self.open_tasks().await? {
            if play.known.insert(task.id) && task.opened_at < self.plan.desk_leaves() {
                let done = self.when(&task, Asked::Look, 0);
                play.agenda.add(done.claimed_at, Act::Claim(task.id));
                play.agenda.add(done.settled_at, Act::Settle(task.id));
            }
        }
        Ok(())
    }

    /// Every task that is not settled, as the desk's pages list them.
    pub(super) async fn open_tasks(&self) -> anyhow::Result<Vec<Task>> {
        let (store, scope) = (&self.node.store, staff::desk());
        let mut tasks = Vec::new();
        for page in 0.. {
            let listed = store.tasks(&scope, page).await?;
            tasks.extend(listed.rows);
            if !listed.has_next {
                break;
            }
        }
        Ok(tasks)
    }

    fn when(&self, task: &Task, asked: Asked, tried: usize) -> Settled {
        let key = format!("{} {} {} {tried}", task.kind, task.subject, task.opened_at);
        desk(self.plan.seed, &key, task.opened_at, asked)
    }

    /// Somebody takes a task.
    pub(super) async fn claim(&self, id: TaskId) -> anyhow::Result<()> {
        let mut tx = self.node.store.begin().await?;
        match tx.claim_task(id, &staff::desk(), self.node.clock.now()).await {
            Ok(()) => Ok(tx.commit().await?),
            // It was settled meanwhile by what it waited for.
            Err(Error::Changed) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The one who took a task settles it.
    pub(super) async fn settle(&self, play: &mut Progress, id: TaskId) -> anyhow::Result<()> {
        let task = self.node.store.task(&staff::desk(), id).await?;
        if task.state == TaskState::Settled {
            return Ok(());
        }
        let settled = match task.kind {
            TaskKind::Hold => self.decide(&task).await,
            TaskKind::Call => self.call(play, &task).await,
            TaskKind::DeadLetter => self.deal_with(&task).await,
            _ => self.note(&task, "looked_at").await,
        };
        match settled.map_err(|error| error.downcast::<Error>()) {
            Err(Ok(Error::Changed)) => {
                // Somebody or something was faster: the desk looks at it again.
                play.agenda.add(self.node.clock.now() + CALL_AGAIN, Act::Settle(id));
                Ok(())
            }
            Err(Ok(error)) => Err(error.into()),
            Err(Err(error)) => Err(error),
            Ok(()) => Ok(()),
        }
    }

    async fn note(&self, task: &Task, how: &'static str) -> anyhow::Result<()> {
        let mut tx = self.node.store.begin().await?;
        tx.settle_task(task.id, how, NOTE, &staff::desk(), self.node.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Decides about a held child.
    async fn decide(&self, task: &Task) -> anyhow::Result<()> {
        let (scope, now) = (staff::desk(), self.node.clock.now());
        let child = task.child.context("a hold is about a child")?;
        let (case, place) = self.node.store.open_child(&scope, child).await?;
        let one = &case.children[place];
        if one.child.state != ChildState::Held {
            return self.note(task, "looked_at").await;
        }
        let mut tx = self.node.store.begin().await?;
        let subject = format!("child:{child}");
        tx.audit(Entry::new(&case.force, now, scope.actor.clone(), "child.viewed", subject).of(case.id));
        tx.commit().await?;
        let mut settings = Vec::new();
        let mut choice = self.choice(task, &case, one);
        if let Choice::Settings(found, _) = &mut choice {
            found.retain(|id| one.excluded.iter().all(|(excluded, _)| excluded != id));
            settings.clone_from(found);
        }
        if matches!(&choice, Choice::Settings(found, _) if found.is_empty()) {
            choice = Choice::Close(Reason::NoSetting);
        }
        let resolution = one.decisions.last().map(|decided| decided.id);
        let version = case.versions.last().map_or(0, |version| version.number);
        let shown = Shown { version, resolution, settings };
        let why = NOTE.to_owned().into();
        let decision = ByPerson { child, choice, why, shown, is_connected: |_, _| false };
        let machine = self.node.clock.machine();
        match self.node.store.decide_by_person(&scope, &self.rules, decision, now, machine).await? {
            Outcome::Done => Ok(()),
            outcome => bail!("the desk's decision was refused: {outcome:?}"),
        }
    }

    /// What a person who finds out the truth decides.
    fn choice(&self, task: &Task, case: &pages::Case, one: &CaseChild) -> Choice {
        let reference = case.reference.as_deref().unwrap_or_default();
        let incident = self.fortnight.incidents.iter().find(|incident| incident.reference == reference);
        let kind = incident.map_or(Case::RegisterExact, |incident| incident.case);
        let unknown = Fate {
            child_ref: String::new(),
            child: None,
            must: Must::Person,
            listed: Vec::new(),
            right: Vec::new(),
        };
        let fate = self.fate(reference, &one.child_ref).unwrap_or(&unknown);
        match self.when(task, Asked::Held(fate, kind), 0).settlement {
            Settlement::Settings(places) => Choice::Settings(self.people.ids(&places), Besides::Nobody),
            Settlement::Closed(word) => Choice::Close(word.parse().unwrap_or(Reason::Other)),
            Settlement::Spoken | Settlement::NoAnswer | Settlement::Noted => Choice::Close(Reason::Other),
        }
    }

    /// Telephones a setting.
    async fn call(&self, play: &mut Progress, task: &Task) -> anyhow::Result<()> {
        let (scope, now) = (staff::desk(), self.node.clock.now());
        let id = task.notification.context("a call is about a notification")?;
        let tried = usize::try_from(now.duration_since(task.opened_at).as_mins()).unwrap_or(0);
        let mut tx = self.node.store.begin().await?;
        if self.when(task, Asked::Call, tried).settlement == Settlement::NoAnswer {
            tx.note_call(task.id, "no_answer", &scope, now).await?;
            play.agenda.add(now + CALL_AGAIN, Act::Settle(task.id));
            return Ok(tx.commit().await?);
        }
        let (case, place) =
            self.node.store.open_child(&scope, task.child.context("a call is about a child")?).await?;
        let one = &case.children[place];
        let notification = tx.notifications(&[id]).await?.pop().context("a call's notification is there")?;
        let reference = case.reference.as_deref().unwrap_or_default();
        let belongs = self.belongs(reference, &one.child_ref, notification.setting);
        let how = if belongs { "acknowledged" } else { "not_here" };
        tx.settle_task(task.id, how, NOTE, &scope, now).await?;
        match notification.state {
            NotificationState::Closed => {}
            _ if belongs => tx.acknowledged(&[notification], "telephone", &scope.actor, now).await?,
            _ => tx.not_here(&notification, NotificationEnd::NotHere, &scope.actor, now).await?,
        }
        Ok(tx.commit().await?)
    }

    fn belongs(&self, reference: &str, child_ref: &str, setting: SettingId) -> bool {
        match (self.fate(reference, child_ref), self.people.place(setting)) {
            (Some(fate), Some(place)) => self.county.belongs(fate, place),
            _ => true,
        }
    }

    /// Mends and puts back what lacks its reference, which the force tells by telephone; closes everything else.
    async fn deal_with(&self, task: &Task) -> anyhow::Result<()> {
        let (scope, now) = (staff::desk(), self.node.clock.now());
        let (store, id) = (&self.node.store, task.refused.context("a dead letter is a refused message")?);
        let opened = store.view_refused(id, &scope, now).await?;
        let payload = opened.message.payload.as_ref().map(|bytes| bytes.0.as_slice()).unwrap_or_default();
        if let Some(mended) = self.mended(payload) {
            let (intake, due) = (&self.node.config().intake, &self.rules.due);
            let put = accept::put_back(store, intake, due, id, Some(mended), &scope, NOTE, now).await;
            if let accept::PutBack::Taken(_) = put.context("a mended message")? {
                return Ok(());
            }
        }
        accept::close(store, id, &scope, NOTE, now).await.context("a refused message")
    }

    fn mended(&self, payload: &[u8]) -> Option<Vec<u8>> {
        let lacking = self.fortnight.published.iter().filter(|one| one.case == Case::LacksReference);
        let sent = lacking.into_iter().find(|one| one.record().value == payload)?;
        let mut event: Value = serde_json::from_slice(payload).ok()?;
        let data = if event.get("specversion").is_some() { &mut event["data"] } else { &mut event };
        data["reference"] = sent.reference.as_str().into();
        Some(event.to_string().into_bytes())
    }
}
