//! The store's tests: each runs on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod account;
mod contact;
mod desk;
mod directory;
mod events;
mod flow;
mod identity;
mod intake;
mod joined;
mod made_up;
mod matched;
mod register;
mod restricted;
mod sent_back;
mod versions;

use encompass_store::db::Options;
use encompass_store::seal::Keys;
use encompass_store::{Actor, Store};
use encompass_testkit::{Folder, or_left_out, postgres};
use jiff::Timestamp;

/// A store on its own database. Keeps the folder of an SQLite file as long as it lives.
pub struct Place {
    /// The store.
    pub store: Store,
    /// How to open it again.
    pub options: Options,
    /// The SQLite file's folder.
    pub folder: Option<Folder>,
}

impl Place {
    async fn open(url: String, folder: Option<Folder>) -> Self {
        let options = Options::at(url);
        let store = Store::open(&options, keys()).await.expect("the store opens");
        Self { store, options, folder }
    }
}

/// Runs a test on a fresh SQLite file, then on a fresh PostgreSQL database.
pub async fn on_both(test: impl AsyncFn(Store)) {
    let place = on_sqlite().await;
    test(place.store.clone()).await;
    place.store.close().await;
    if let Some(place) = on_postgres().await {
        test(place.store.clone()).await;
        place.store.close().await;
    }
}

/// A fresh SQLite file.
pub async fn on_sqlite() -> Place {
    let folder = Folder::new().expect("a temporary folder");
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("store.db").display());
    Place::open(url, Some(folder)).await
}

/// A fresh PostgreSQL database; `None`, said loudly, where no server can be had.
pub async fn on_postgres() -> Option<Place> {
    let server = or_left_out("PostgreSQL", postgres::shared().await)?;
    let url = server.database().await.expect("a database of our own");
    Some(Place::open(url, None).await)
}

/// The installation's keys in every test.
pub fn keys() -> Keys {
    Keys::new(&[7; 32])
}

/// An instant on a Monday in term.
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// Who acts where it does not matter.
pub fn somebody() -> Actor {
    Actor::Command("tester".into())
}
