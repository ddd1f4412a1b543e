//! Putting the demo together: broker, mail catcher, store, county, accounts, roles and pages.

use std::sync::Arc;
use std::time::Instant;

use encompass_county::{County, FORCE, Fortnight, Mailbox, NEIGHBOUR, Random, Role as ContactRole};
use encompass_store::resolve::Rules;
use encompass_store::{Clock, Store};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::catcher::Catcher;
use super::feed::{EVENTS, Feed, INCIDENTS};
use super::people::People;
use super::staff::{self, SignIn};
use super::{Folder, Plan, Ports, load, progress};
use crate::command::open_store;
use crate::config::Config;
use crate::role::{Node, Role};

/// The demo, put together.
pub struct Demo {
    pub(super) plan: Plan,
    pub(super) folder: Folder,
    pub(super) ports: Ports,
    pub(super) county: Arc<County>,
    pub(super) fortnight: Fortnight,
    pub(super) catcher: Catcher,
    pub(super) node: Node,
    pub(super) rules: Rules,
    pub(super) people: People,
    pub(super) staff: Vec<SignIn>,
    /// Listeners, and intake while the play goes on.
    pub(super) running: JoinSet<anyhow::Result<()>>,
    pub(super) intake: JoinSet<anyhow::Result<()>>,
    pub(super) tasks: TaskTracker,
    /// Ends the pages, and the roles when they run.
    pub(super) stop: CancellationToken,
    pub(super) intake_stop: CancellationToken,
    /// Ends the mail catcher, which outlives who sends to it.
    pub(super) catcher_stop: CancellationToken,
    pub(super) begun: Instant,
    /// Dropped last: it holds the broker of all others.
    pub(super) feed: Feed,
}

impl Demo {
    /// Starts everything that does not move by itself, and intake.
    ///
    /// # Errors
    /// When something can't start.
    pub async fn begin(plan: Plan, ports: Ports, folder: Folder) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let (stop, catcher_stop) = (CancellationToken::new(), CancellationToken::new());
        let tasks = TaskTracker::new();
        let feed = Feed::begin()?;
        progress(format_args!("Kafka (in this process): {}", feed.address()));
        let county = Arc::new(plan.county());
        let fortnight = plan.incidents(&county);
        let catcher = catcher(&county);
        let smtp = catcher.listen(&tasks, catcher_stop.clone()).await?;
        std::fs::write(folder.key(), key(plan.seed))?;
        let config = Config::from_text(&text(&folder, ports, &feed.address(), smtp))?;
        config.check()?;
        let rules = Rules { due: config.rules.due, plan: config.plan()?, routing: config.routing()? };
        let store = open_store(&config).await?;
        let people = take_in(&store, &county, plan, begun).await?;
        let staff = staff::accounts(&store, plan.begins()).await?;
        let node = Node::new(config, store, Clock::stepped(plan.begins()), Role::ALL)?;
        let running = node.listen(&stop).await?;
        let mut demo = Self {
            plan,
            folder,
            ports,
            county,
            fortnight,
            catcher,
            feed,
            node,
            rules,
            people,
            staff,
            running,
            intake: JoinSet::new(),
            tasks,
            stop,
            intake_stop: CancellationToken::new(),
            catcher_stop,
            begun,
        };
        demo.serve_letters().await?;
        demo.take_in_events();
        Ok(demo)
    }

    /// Intake reads and publishes by itself: it alone is not stepped.
    fn take_in_events(&mut self) {
        let (intake, stop) = (self.node.intake.clone(), self.intake_stop.clone());
        self.intake.spawn(async move { Ok(encompass_intake::run(intake, stop).await?) });
    }
}

async fn take_in(store: &Store, county: &County, plan: Plan, begun: Instant) -> anyhow::Result<People> {
    let people = load::load(store, county, plan.begins()).await?;
    progress(format_args!(
        "County: {} settings, {} children, {} contacts, {} registers; {:.1} s",
        county.settings.len(),
        county.children.len(),
        county.contacts.len(),
        county.sources.len(),
        begun.elapsed().as_secs_f64()
    ));
    Ok(people)
}

fn catcher(county: &County) -> Catcher {
    let catcher = Catcher::default();
    let of_people = county.contacts.iter().filter(|contact| contact.role != ContactRole::System);
    let bouncing = of_people.filter(|contact| contact.mailbox == Mailbox::Bounces);
    catcher.bounce(bouncing.map(|contact| contact.address.clone()));
    catcher
}

/// The installation's key, from the seed, so that one seed gives the same ids each time. Nobody in the demo exists.
fn key(seed: u64) -> String {
    let mut random = Random::keyed(seed, "installation key");
    (0..4).map(|_| format!("{:016x}", random.bits())).collect()
}

/// What differs from the default configuration.
fn text(folder: &Folder, ports: Ports, broker: &str, smtp: std::net::SocketAddr) -> String {
    let Ports { portal, api, desk, machine, .. } = ports;
    let url = format!("sqlite://{}?mode=rwc", folder.store().display());
    let key = folder.key();
    let (host, port) = (smtp.ip(), smtp.port());
    format!(
        r#"
[store]
url = {url:?}
key_file = {key:?}
[listen.portal]
bind = "127.0.0.1:{portal}"
[listen.api]
bind = "127.0.0.1:{api}"
[listen.desk]
bind = "127.0.0.1:{desk}"
[listen.machine]
bind = "127.0.0.1:{machine}"
[links]
portal = "http://127.0.0.1:{portal}"
desk = "http://127.0.0.1:{desk}"
[forces.{FORCE}]
name = "Wexcombe Police"
telephone = "01632 960900"
duty_address = "encompass-duty@{FORCE}.example"
second_address = "encompass-second@{FORCE}.example"
[forces.{NEIGHBOUR}]
name = "Nethershire Police"
telephone = "01632 960950"
duty_address = "encompass-duty@{NEIGHBOUR}.example"
second_address = "encompass-second@{NEIGHBOUR}.example"
[notifier.smtp]
host = "{host}"
port = {port}
tls = "none"
from = "Operation Encompass <encompass@{FORCE}.example>"
hello = "encompass.{FORCE}.example"
[intake.kafka]
brokers = ["{broker}"]
events_topic = "{EVENTS}"
[intake.kafka.topics]
"{INCIDENTS}" = ["{FORCE}"]
"#
    )
}
