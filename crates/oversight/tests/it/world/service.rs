//! What the executable hands to the service.

use std::sync::Arc;

use encompass_core::force::{Force, Forces};
use encompass_oversight::{Config, Metrics, Parts, PutBack, Returned};
use encompass_store::resolve::Rules;
use encompass_store::{Clock, Store};
use prometheus::Registry;
use serde_json::Value;

pub fn parts(store: &Store, clock: &Clock, registry: &Registry) -> Parts {
    Parts {
        store: store.clone(),
        clock: clock.clone(),
        forces: forces(),
        rules: Rules::default(),
        profiles: Default::default(),
        put_back: put_back(store),
        config: Config::default(),
        metrics: Metrics::new(registry).unwrap(),
    }
}

fn forces() -> Forces {
    let force = |name: &str| Force {
        name: name.into(),
        telephone: "01632 960100".into(),
        duty_address: "duty@force.example".into(),
        second_address: "second@force.example".into(),
    };
    let forces = [("north", "Northshire Police"), ("south", "Southshire Police")];
    forces.into_iter().map(|(id, name)| (id.to_owned(), force(name))).collect()
}

/// Putting back takes what is a JSON object and refuses the rest, as acceptance would.
fn put_back(store: &Store) -> PutBack {
    let store = store.clone();
    Arc::new(move |sent| {
        let store = store.clone();
        Box::pin(async move {
            let mut tx = store.begin().await?;
            let opened = tx.open_refused(sent.id, &sent.scope).await?;
            let was = opened.message.payload.clone().unwrap_or_default().0;
            let is = sent.mended.as_ref().map_or(was, |mended| mended.to_vec());
            if serde_json::from_slice::<Value>(&is).is_err() {
                return Ok(Returned::Refused("It is not JSON.".into()));
            }
            let how = encompass_core::state::RefusedState::PutBack;
            tx.settle_refused(&opened, how, &sent.scope, &sent.note, sent.now).await?;
            tx.commit().await?;
            Ok(Returned::Taken)
        })
    })
}
