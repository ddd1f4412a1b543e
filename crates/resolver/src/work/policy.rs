//! How far matches are sent without a person, and what they are weighed with: as people and decided cases have it.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use encompass_core::id::RegisterId;
use encompass_core::state::TaskKind;
use encompass_matching::earned::{Decided, Earned};
use encompass_matching::weigh::{Parameters, Share};
use encompass_store::matched::{Automatic, Extent, Mode, Standing};
use encompass_store::{Actor, Store, task};
use jiff::{SignedDuration, Timestamp};

use super::{Error, Resolver, SCOPE, SERVICE};
use crate::roll::Shares;

/// Decided cases that are counted, the newest first: thirty thousand without a fault show 99.99 %.
const CASES: i64 = 60_000;

type Key = (String, RegisterId);
/// What stands for each force and register.
pub(super) type Standings = HashMap<Key, Standing>;

/// What holds.
#[derive(Clone)]
pub(super) struct Policy {
    pub parameters: Arc<Parameters>,
    /// A print of them.
    pub print: String,
    automatic: Standings,
    /// The shares of registers for which what is earned was counted.
    shares: Shares,
}

impl Default for Policy {
    fn default() -> Self {
        let parameters = Parameters::default();
        Self {
            print: parameters.print(),
            parameters: Arc::new(parameters),
            automatic: HashMap::new(),
            shares: Shares::new(),
        }
    }
}

/// The policy and what it was worked out from, shared by every clone of a resolver.
#[derive(Clone, Default)]
pub(super) struct Shared(Arc<RwLock<(Policy, Counted)>>);

/// The decided cases that were counted, and the print of the parameters that scored them, and the verdicts of reviewers;
/// none at the start.
#[derive(Clone, Default, PartialEq)]
struct Counted {
    print: Option<String>,
    extents: Vec<Extent>,
    judged: Option<(i64, i64)>,
}

impl Shared {
    /// What holds now.
    pub fn now(&self) -> Policy {
        self.0.read().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    fn counted(&self) -> Counted {
        self.0.read().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    fn put(&self, policy: Policy, counted: Counted) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = (policy, counted);
    }
}

impl Policy {
    /// The lowest score that is sent for a force from a register of a share; `None`: exact agreement only. What was
    /// earned with scores of another share is not read against these.
    pub fn threshold(&self, force: &str, register: RegisterId, share: Share) -> Option<f64> {
        let standing = self.standing(force, register)?;
        let holds = match standing.automatic.mode {
            Mode::Off => false,
            Mode::ByHand => true,
            Mode::Earned => self.share(force, register) == share,
        };
        standing.automatic.threshold.filter(|_| holds)
    }

    fn share(&self, force: &str, register: RegisterId) -> Share {
        self.shares.get(&(force.to_owned(), register)).copied().unwrap_or_default()
    }

    /// What the scores of a register are weighed with for a force.
    fn mark(&self, force: &str, register: RegisterId) -> String {
        self.share(force, register).mark(&self.print)
    }

    /// Whether nothing is sent at all.
    pub fn is_off(&self, force: &str, register: RegisterId) -> bool {
        self.standing(force, register).is_some_and(|standing| standing.automatic.mode == Mode::Off)
    }

    fn standing(&self, force: &str, register: RegisterId) -> Option<&Standing> {
        self.automatic.get(&(force.to_owned(), register))
    }
}

impl Resolver {
    /// Reads what people have set, and counts decided cases anew where there are new ones.
    pub(super) async fn follow_policy(&self) -> Result<(), Error> {
        let mut policy = self.policy.now();
        let print = self.store.match_parameters_id().await?;
        if print.as_ref().is_some_and(|print| *print != policy.print) {
            let parameters = parameters(&self.store).await?;
            policy.print = parameters.print();
            policy.parameters = Arc::new(parameters);
            tracing::info!(parameters = policy.print, "other matching parameters hold");
        }
        policy.shares = self.rolls.shares();
        let marks: Vec<String> = Share::all().map(|share| share.mark(&policy.print)).collect();
        let mut extents = self.store.decided_extent(&SCOPE, &marks).await?;
        extents.retain(|extent| extent.parameters == policy.mark(&extent.force, extent.register));
        let counted = self.policy.counted();
        let before = std::mem::replace(&mut policy.automatic, self.standing().await?);
        let mut has_set = false;
        let is_other_scale = counted.print.as_deref() != Some(policy.print.as_str());
        for key in keys(&extents, &policy) {
            let is_counted = of(&extents, &key) == of(&counted.extents, &key);
            // Also when a named person has given it back to decided cases, and when scores mean something else.
            if is_other_scale || !is_counted || before.get(&key) != policy.automatic.get(&key) {
                has_set |= self.count_cases(&key, &policy).await?;
            }
        }
        if has_set {
            policy.automatic = self.standing().await?;
        }
        let judged = Some(self.store.matches_judged().await?);
        if judged != counted.judged || before != policy.automatic {
            policy.automatic = self.switch_off(policy.automatic).await?;
        }
        let print = Some(policy.print.clone());
        self.policy.put(policy, Counted { print, extents, judged });
        Ok(())
    }

    pub(super) async fn standing(&self) -> Result<Standings, Error> {
        let all = self.store.automatic(&SCOPE).await?;
        let key = |one: &Standing| (one.automatic.force.clone(), one.automatic.register);
        Ok(all.into_iter().map(|one| (key(&one), one)).collect())
    }

    /// Widens or narrows what is sent for one force from one register. Says whether something else may stand now.
    async fn count_cases(&self, key: &Key, policy: &Policy) -> Result<bool, Error> {
        let (force, register) = (key.0.as_str(), key.1);
        let seen = policy.standing(force, register);
        // What a named person has set stands until a named person gives it back.
        if seen.is_some_and(|standing| standing.automatic.mode != Mode::Earned) {
            return Ok(false);
        }
        let mark = policy.mark(force, register);
        let cases = self.store.decided_cases(&SCOPE, force, register, &mark, CASES).await?;
        let cases: Vec<Decided> =
            cases.iter().map(|case| Decided { score: case.score, is_right: case.is_right }).collect();
        let earned = Earned::of(&cases, self.precision).not_below(self.precision);
        let threshold = seen.and_then(|standing| standing.automatic.threshold);
        if threshold == earned.threshold {
            return Ok(false);
        }
        let new = Automatic {
            force: force.to_owned(),
            register,
            mode: Mode::Earned,
            threshold: earned.threshold,
            cases: earned.cases,
            wrong: earned.wrong,
            lower_bound: earned.lower_bound,
        };
        self.earn(new, seen, is_narrower(threshold, earned.threshold)).await?;
        Ok(true)
    }

    async fn earn(&self, new: Automatic, seen: Option<&Standing>, is_narrower: bool) -> Result<(), Error> {
        let (force, register, now) = (new.force.clone(), new.register, self.clock.now());
        let mut tx = self.store.begin().await?;
        if !tx.replace_automatic(&new, "decided cases", seen, &Actor::Service(SERVICE), now).await? {
            // Somebody else was first: the next tick sees what stands.
            return Ok(());
        }
        if is_narrower {
            tracing::error!(force, %register, "less is sent without a person from now on");
            self.metrics.narrowed.with_label_values(&[force.as_str()]).inc();
            tx.open_tasks(vec![narrowed(&force, format!("register:{register}"), now)], now).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

fn of<'a>(extents: &'a [Extent], key: &Key) -> Option<&'a Extent> {
    extents.iter().find(|extent| extent.force == key.0 && extent.register == key.1)
}

/// Every force and register that has decided cases, or something that stands.
fn keys(extents: &[Extent], policy: &Policy) -> BTreeSet<Key> {
    let decided = extents.iter().map(|extent| (extent.force.clone(), extent.register));
    decided.chain(policy.automatic.keys().cloned()).collect()
}

/// The parameters that matches are weighed with: those adopted last, else those that come with the program.
///
/// # Errors
/// As the store says; [`encompass_store::Error::Corrupt`] when what was adopted can't be read by this version.
pub async fn parameters(store: &Store) -> Result<Parameters, encompass_store::Error> {
    let Some(adopted) = store.match_parameters().await? else { return Ok(Parameters::default()) };
    serde_json::from_str(&adopted.body)
        .map_err(|_| encompass_store::Error::Corrupt("matching parameters".into()))
}

/// Somebody looks at what was sent within the hour.
pub(super) fn narrowed(force: &str, subject: String, now: Timestamp) -> task::New {
    let due_at = now.saturating_add(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MAX);
    task::New::about(force, TaskKind::Narrowed, subject, due_at)
}

fn is_narrower(before: Option<f64>, after: Option<f64>) -> bool {
    before.is_some_and(|before| after.is_none_or(|after| after > before))
}

#[cfg(test)]
mod tests {
    use super::is_narrower;

    #[test]
    fn a_higher_threshold_or_none_after_one_is_narrower() {
        for (before, after, expected) in [
            (None, None, false),
            (None, Some(8.0), false),
            (Some(8.0), Some(7.0), false),
            (Some(7.0), Some(8.0), true),
            (Some(7.0), None, true),
        ] {
            assert_eq!(is_narrower(before, after), expected, "{before:?} {after:?}");
        }
    }
}
