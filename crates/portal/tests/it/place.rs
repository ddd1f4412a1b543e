//! A portal over a store of its own, with two clocks that tests step.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use encompass_core::disclosure::Profiles;
use encompass_core::force::{Force, Forces};
use encompass_core::id::{ContactId, NotificationId};
use encompass_core::state::{Channel, DeliveryKind};
use encompass_portal::{Clocks, Config, Metrics, State};
use encompass_store::db::Options;
use encompass_store::delivery::Claimed;
use encompass_store::directory::Setting;
use encompass_store::incident::VersionKind;
use encompass_store::notification::Notification;
use encompass_store::seal::Keys;
use encompass_store::{Clock, Store};
use encompass_testkit::{Folder, or_left_out, postgres};
use encompass_web::App;
use encompass_web::metrics::HttpMetrics;
use encompass_web::peer::Transport;
use jiff::SignedDuration;
use prometheus::Registry;
use sqlx::{Connection, SqliteConnection};

use crate::browser::Browser;
use crate::made_up::{self, BRAM, NORTH, POSY, WILFRED, decide, now, publish, schools, siblings, verified};

/// A portal, and what it serves.
pub struct Place {
    pub store: Store,
    pub pages: Router,
    pub api: Router,
    pub domain: Clock,
    pub machine: Clock,
    pub registry: Registry,
    pub school: Setting,
    pub nursery: Setting,
    /// The school's lead, whom the notice about Wilfred and Posy goes to.
    pub lead: ContactId,
    /// Where the SQLite file is.
    folder: Option<Folder>,
    /// What was taken from the queue and not asked for yet.
    taken: Mutex<Vec<Claimed>>,
}

pub const LEAD: &str = "lead@millbrook.example";
pub const NURSERY: &str = "lead@acorns.example";

/// Runs a test over SQLite, then over PostgreSQL.
pub async fn on_both(test: impl AsyncFn(Place)) {
    test(Place::open().await).await;
    let Some(server) = or_left_out("PostgreSQL", postgres::shared().await) else { return };
    let url = server.database().await.unwrap();
    let place = Place::over(url, None, BTreeMap::new(), Config::default()).await.publish().await;
    let store = place.store.clone();
    test(place).await;
    store.close().await;
}

impl Place {
    /// Three siblings were published and decided; the notices wait in the queue.
    pub async fn open() -> Self {
        Self::with(BTreeMap::new(), Config::default()).await
    }

    pub async fn with(profiles: BTreeMap<String, Profiles>, config: Config) -> Self {
        Self::empty(profiles, config).await.publish().await
    }

    async fn publish(self) -> Self {
        publish(&self.store, &siblings(), 1, VersionKind::Reported).await;
        let nursery = verified(&self.store, &self.nursery, Channel::Email, NURSERY, &[NORTH]).await;
        decide(&self.store, &[WILFRED, POSY], &self.school, &[(self.lead, Channel::Email)]).await;
        decide(&self.store, &[BRAM], &self.nursery, &[(nursery, Channel::Email)]).await;
        self
    }

    /// Nothing was published yet.
    pub async fn empty(profiles: BTreeMap<String, Profiles>, config: Config) -> Self {
        let folder = Folder::new().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("store.db").display());
        Self::over(url, Some(folder), profiles, config).await
    }

    async fn over(
        url: String,
        folder: Option<Folder>,
        profiles: BTreeMap<String, Profiles>,
        config: Config,
    ) -> Self {
        let store = Store::open(&Options::at(url), Keys::new(&[7; 32])).await.unwrap();
        let [school, nursery] = schools(&store).await;
        let lead = verified(&store, &school, Channel::Email, LEAD, &[NORTH]).await;
        let (domain, machine) = (Clock::stepped(now()), Clock::stepped(now()));
        let registry = Registry::new();
        let state = State::new(
            store.clone(),
            Arc::new(forces()),
            profiles,
            Clocks { domain: domain.clone(), machine: machine.clone() },
            config,
            Metrics::new(&registry).unwrap(),
        );
        let http = HttpMetrics::register(&registry).unwrap();
        let pages = App::pages("portal", encompass_portal::routes(state.clone()), &http);
        let api = App::api("api", encompass_portal::api(state), &http);
        Self {
            pages: pages.into_router(Transport::default()),
            api: api.into_router(Transport::default()),
            store,
            domain,
            machine,
            registry,
            school,
            nursery,
            lead,
            folder,
            taken: Mutex::default(),
        }
    }

    /// A browser that knows nothing yet.
    pub fn browser(&self) -> Browser {
        Browser::new(self.pages.clone())
    }

    /// Takes what waits in the queue, as the notifier would.
    pub async fn claim(&self, kind: DeliveryKind) -> Vec<Claimed> {
        let (now, machine) = (self.domain.now(), self.machine.now());
        let claimed =
            self.store.claim_deliveries("test", 50, now, machine, SignedDuration::from_secs(1)).await;
        let mut taken = self.taken.lock().unwrap();
        taken.extend(claimed.unwrap());
        taken.extract_if(.., |claimed| claimed.kind == kind).collect()
    }

    /// The path of the link that this contact was mailed.
    pub async fn link(&self, contact: ContactId) -> String {
        let notices = self.claim(DeliveryKind::Notice).await;
        let notice = notices.into_iter().find(|notice| notice.contact == Some(contact)).unwrap();
        format!("/n/{}", notice.body.unwrap().token.unwrap())
    }

    /// The code in the mail that was queued last.
    pub async fn code(&self) -> String {
        let mut codes = self.claim(DeliveryKind::Code).await;
        codes.pop().unwrap().body.unwrap().code.unwrap()
    }

    /// A browser whose reader has followed the link of `contact`, entered the code and said who they are.
    pub async fn reading(&self, contact: ContactId) -> Browser {
        let link = self.link(contact).await;
        self.signed_in_by(&link).await
    }

    /// A browser that has followed a link and asked for the code.
    pub async fn asking(&self, link: &str) -> Browser {
        let mut browser = self.browser();
        browser.get(link).await;
        browser.submit(link, &[]).await;
        browser
    }

    pub async fn signed_in_by(&self, link: &str) -> Browser {
        let mut browser = self.asking(link).await;
        let code = self.code().await;
        browser.submit("/code", &[("code", &code)]).await;
        browser.submit("/reader", &[("name", "Isolde Marwick"), ("role", "Deputy lead")]).await;
        browser
    }

    /// The notification of a sibling to a setting.
    pub fn notification(&self, child_ref: &str, setting: &Setting) -> NotificationId {
        self.store.identity().notification(made_up::child(&self.store, child_ref), setting.id)
    }

    pub async fn standing(&self, id: NotificationId) -> Notification {
        let mut tx = self.store.begin().await.unwrap();
        tx.notifications(&[id]).await.unwrap().remove(0)
    }

    /// A number that changes whenever anything was written.
    pub async fn watch(&self) -> Watch {
        let path = self.folder.as_ref().unwrap().path().join("store.db");
        let connection = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
        Watch(connection)
    }

    /// The value of a counter with these labels.
    pub fn counted(&self, name: &str, labels: &[&str]) -> u64 {
        let families = self.registry.gather();
        let family = families.iter().find(|family| family.name() == name);
        let metrics = family.map(|family| family.get_metric().to_vec()).unwrap_or_default();
        let fits = |metric: &&prometheus::proto::Metric| {
            labels.iter().all(|label| metric.get_label().iter().any(|pair| pair.value() == *label))
        };
        metrics.iter().find(fits).map_or(0, |metric| metric.get_counter().get_value() as u64)
    }
}

/// Sees whether anything was written to the store.
pub struct Watch(SqliteConnection);

impl Watch {
    pub async fn version(&mut self) -> i64 {
        sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut self.0).await.unwrap()
    }
}

fn forces() -> Forces {
    let force = |name: &str, telephone: &str| Force {
        name: name.into(),
        telephone: telephone.into(),
        duty_address: "desk@police.example".into(),
        second_address: "second@police.example".into(),
    };
    Forces::from_iter([
        (NORTH.to_owned(), force("Northshire Police", "01632 960111")),
        ("south".to_owned(), force("Southshire Police", "01632 960222")),
    ])
}
