//! Recording a batch: decisions with what follows from them, all in one transaction.

use std::collections::BTreeMap;

use encompass_core::id::{ChildId, SettingId};
use encompass_core::state::{ChildState, Reason};
use encompass_store::child::Child;
use encompass_store::resolution::Decision;
use encompass_store::resolve::{Case, Kept, besides};
use encompass_store::{Actor, Tx, task};
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::again::{Looked, changed, was_held};
use super::ruling::{Decided, Ruling, Rulings};
use super::{Error, Resolver, SERVICE};

const BY: Actor = Actor::Service(SERVICE);

/// A ruling, as it is counted.
struct Counted {
    child: ChildId,
    /// Whether it was decided on before: it has waited for a register or a person since, not for the resolver.
    is_again: bool,
    force: String,
    received_at: Timestamp,
    kind: &'static str,
    reason: &'static str,
}

/// The rulings of a batch, by what is done about them.
#[derive(Default)]
pub(super) struct Sorted {
    pub decisions: Vec<Decision>,
    reopened: Vec<Child>,
    kept: Vec<Kept>,
    closed: BTreeMap<Reason, Vec<Child>>,
    passed_over: Vec<Child>,
    unreadable: Vec<Child>,
    tasks: Vec<task::New>,
    officers: Vec<(String, ChildId, Option<SettingId>)>,
    /// Children that go on as they are and are, or are no longer, for named people only.
    restricted: Vec<(ChildId, bool)>,
}

impl Resolver {
    /// Records the rulings on the children that are still as they were when they were taken. Nobody is told by what
    /// registers said that say something else by now: such a child goes on waiting. Says how many were worked on, and how
    /// many wait.
    pub(super) async fn record(
        &self,
        mut tx: Tx,
        cases: Vec<Case>,
        mut rulings: Rulings,
        looked: Looked,
        now: Timestamp,
    ) -> Result<(usize, usize), Error> {
        let changed = changed(&mut tx, looked).await?;
        let (mut sorted, mut counted, mut waiting) = (Sorted::default(), Vec::new(), 0);
        for case in cases {
            for work in &case.children {
                let Some(ruling) = rulings.remove(&work.child.id) else { continue };
                if ruling.tells() && changed.contains(&case.force) {
                    waiting += 1;
                    continue;
                }
                counted.push(Counted::of(&case, &work.child, &ruling));
                self.sort(&case, &work.child, ruling, &mut sorted);
            }
        }
        let behind = sorted.behind(&changed);
        let same = sorted.leave_the_same(&mut tx, now).await?;
        tx.reopen(&sorted.reopened, now).await?;
        tx.decide(sorted.decisions, now).await?;
        tx.open_tasks(sorted.tasks, now).await?;
        tx.note_home_officers(&sorted.officers).await?;
        tx.keep(sorted.kept, &BY, now).await?;
        tx.restrict(&sorted.restricted).await?;
        for (reason, children) in sorted.closed {
            tx.close_children(&children, reason, &BY, now).await?;
        }
        tx.pass_over(&sorted.passed_over, now).await?;
        tx.hold_unreadable(&sorted.unreadable, &BY, now).await?;
        tx.reconsider(&behind, now).await?;
        tx.commit().await?;
        let worked = counted.len();
        counted.retain(|one| !same.contains(&one.child));
        self.count(&counted, now);
        Ok((worked, waiting))
    }

    fn sort(&self, case: &Case, child: &Child, ruling: Ruling, sorted: &mut Sorted) {
        let child = child.clone();
        if let Ruling::Decided(decided) = &ruling {
            let due_at = decided.targets.iter().map(|target| target.due.at).min();
            for gap in &decided.gaps {
                self.metrics.gap(&case.force, gap.tell.as_str());
                let task = due_at.map(|due_at| besides(&child, gap, decided.authority.clone(), due_at));
                sorted.tasks.extend(task);
            }
            if decided.hold.is_some() {
                sorted.officers.push((case.force.clone(), child.id, decided.officer));
            }
        }
        match (ruling, &case.key) {
            (Ruling::PassedOver, _) => sorted.passed_over.push(child),
            (Ruling::Closed(reason), _) => sorted.closed.entry(reason).or_default().push(child),
            (Ruling::Kept { known_at, dues, asks, is_restricted }, _) => {
                if is_restricted != child.is_restricted {
                    sorted.restricted.push((child.id, is_restricted));
                }
                sorted.kept.push(Kept { child, version: case.version, known_at, dues, asks });
            }
            (Ruling::Decided(decided), Some(key)) => {
                let held = Child { state: ChildState::Held, ..child.clone() };
                if child.state == ChildState::Notified {
                    sorted.reopened.push(child);
                }
                sorted.decisions.push(self.decision(held, key.clone(), *decided, case.version));
            }
            (Ruling::Unreadable, _) | (Ruling::Decided(_), None) => sorted.unreadable.push(child),
        }
    }

    fn decision(
        &self,
        child: Child,
        key: encompass_store::seal::SealingKey,
        decided: Decided,
        version: i64,
    ) -> Decision {
        let evidence = serde_json::to_vec(&decided.evidence).expect("our own types are written as JSON");
        Decision {
            child,
            key,
            kind: decided.kind,
            by: BY,
            evidence: Zeroizing::new(evidence),
            rules_version: self.rules_version(),
            incident_version: version,
            register_load: decided.register_load,
            directory_load: decided.directory_load,
            targets: decided.targets,
            hold: decided.hold,
            is_restricted: decided.is_restricted,
            provisional: decided.provisional,
            authority: decided.authority,
        }
    }

    fn count(&self, counted: &[Counted], now: Timestamp) {
        #[expect(clippy::cast_precision_loss, reason = "a batch has at most some thousand children")]
        self.metrics.batch.observe(counted.len() as f64);
        for Counted { force, received_at, kind, reason, is_again, .. } in counted {
            self.metrics.done(force, kind, reason);
            if !is_again {
                let seconds = now.duration_since(*received_at).as_secs_f64();
                self.metrics.seconds.with_label_values(&[force.as_str()]).observe(seconds);
            }
            if *kind == UNREADABLE {
                self.metrics.unreadable.inc();
            }
        }
    }
}

/// The kind of a ruling on a child of whom nothing can be read.
const UNREADABLE: &str = "unreadable";

impl Counted {
    fn of(case: &Case, child: &Child, ruling: &Ruling) -> Self {
        let (kind, reason) = match ruling {
            Ruling::Unreadable => (UNREADABLE, ""),
            Ruling::PassedOver => ("passed_over", ""),
            Ruling::Closed(reason) => ("closed", reason.as_str()),
            Ruling::Kept { .. } => ("kept", ""),
            Ruling::Decided(decided) => match decided.hold {
                Some(hold) => ("held", hold.as_str()),
                None => (decided.kind.as_str(), ""),
            },
        };
        let (child, is_again) = (child.id, was_held(child));
        Self { child, is_again, force: case.force.clone(), received_at: case.received_at, kind, reason }
    }
}
