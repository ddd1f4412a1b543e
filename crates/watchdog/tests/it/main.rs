//! The watchdog's tests. What reads the store runs on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod case;
mod declared;
mod deploy;
mod find;
mod measure;
mod reconcile;
mod relay;
mod rules;

use encompass_store::Store;
use encompass_store::db::Options;
use encompass_store::seal::Keys;
use encompass_testkit::{Folder, or_left_out, postgres};

/// Runs a test on a fresh SQLite file, then on a fresh PostgreSQL database.
pub async fn on_both(test: impl AsyncFn(Store)) {
    let folder = Folder::new().expect("a temporary folder");
    let store = open(format!("sqlite://{}?mode=rwc", folder.path().join("store.db").display())).await;
    test(store.clone()).await;
    store.close().await;
    if let Some(server) = or_left_out("PostgreSQL", postgres::shared().await) {
        let store = open(server.database().await.expect("a database of our own")).await;
        test(store.clone()).await;
        store.close().await;
    }
}

async fn open(url: String) -> Store {
    Store::open(&Options::at(url), Keys::new(&[7; 32])).await.expect("the store opens")
}
