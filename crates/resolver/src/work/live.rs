//! What reviewers say of the matches that were sent: a register whose matches are wrong too often sends no more by itself.

use encompass_core::state::Hold;
use encompass_matching::earned::{CONFIDENCE, upper_bound};
use encompass_store::matched::{Automatic, Live, Mode, Standing};
use encompass_store::{Actor, task};

use super::policy::{Standings, narrowed};
use super::{Error, Resolver, SCOPE, SERVICE};

impl Resolver {
    /// Switches off what is sent without a person where the reviewed matches leave no doubt that fewer are right than is
    /// wanted, whatever sent them. Gives back what stands then.
    pub(super) async fn switch_off(&self, standing: Standings) -> Result<Standings, Error> {
        let mut has_set = false;
        for live in self.store.live_precision(&SCOPE).await? {
            let seen = standing.get(&(live.force.clone(), live.register));
            let is_on = seen.is_none_or(|seen| seen.automatic.mode != Mode::Off);
            let most = upper_bound(live.right, live.judged, CONFIDENCE);
            if is_on && most < self.precision {
                self.switch_off_one(live, most, seen).await?;
                has_set = true;
            }
        }
        if has_set { self.standing().await } else { Ok(standing) }
    }

    async fn switch_off_one(&self, live: Live, most: f64, seen: Option<&Standing>) -> Result<(), Error> {
        let (force, register, now) = (live.force, live.register, self.clock.now());
        let wrong = live.judged - live.right;
        let most = format!("{:.3}", most * 100.0);
        let reason = format!(
            "{wrong} of {} reviewed matches are wrong: at most {most} % are right, and {} % are wanted",
            live.judged,
            self.precision * 100.0
        );
        let new = Automatic {
            force: force.clone(),
            register,
            mode: Mode::Off,
            threshold: None,
            cases: live.judged,
            wrong,
            lower_bound: 0.0,
        };
        let mut tx = self.store.begin().await?;
        if !tx.replace_automatic(&new, &reason, seen, &Actor::Service(SERVICE), now).await? {
            // Somebody else was first: the next tick sees what stands.
            return Ok(());
        }
        tracing::error!(force, %register, reason, "nothing is sent without a person from now on");
        self.metrics.narrowed.with_label_values(&[force.as_str()]).inc();
        let detail = Hold::SwitchedOff.as_str().to_owned();
        let task = narrowed(&force, format!("register:{register}:off"), now);
        tx.open_tasks(vec![task::New { detail, ..task }], now).await?;
        Ok(tx.commit().await?)
    }
}
