//! The way from the desk back into our own acceptance: oversight does not know intake, so it is handed in here.

use std::sync::Arc;

use encompass_core::due::Rules;
use encompass_intake::accept;
use encompass_oversight::{PutBack, Return, Returned};
use encompass_store::Store;

/// The way by which the desk puts a refused message back.
pub(super) fn way(store: Store, config: encompass_intake::Config, rules: Rules) -> PutBack {
    Arc::new(move |sent: Return| {
        let (store, config) = (store.clone(), config.clone());
        Box::pin(async move {
            let mended = sent.mended.map(|bytes| bytes.to_vec());
            let put =
                accept::put_back(&store, &config, &rules, sent.id, mended, &sent.scope, &sent.note, sent.now)
                    .await;
            match put {
                Ok(accept::PutBack::Taken(_)) => Ok(Returned::Taken),
                Ok(accept::PutBack::Refused(refusal)) => Ok(Returned::Refused(refusal.advice.into_owned())),
                Err(encompass_intake::Error::Store(error)) => Err(error),
                Err(_) => Err(encompass_store::Error::NotFound),
            }
        })
    })
}
