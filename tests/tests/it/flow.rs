//! The whole way through the real executable: from a file of an incident to a lead's "I have it".

use std::fs;
use std::time::Duration;

use anyhow::{Context, ensure};
use encompass_core::id::{ChildId, IncidentId, TaskId};
use encompass_core::state::{ChildState, NotificationState};
use encompass_county::{FORCE, Workload};
use encompass_oversight::draw_sample;
use encompass_store::measure::Measure;
use encompass_store::{Actor, Store};
use encompass_testkit::smtp::{Security, Settings, Sink};
use encompass_testkit::tls::Ca;
use encompass_testkit::{http, kafka, or_left_out, postgres};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::events::Events;
use crate::installation::{Installation, SCOPE, Setup, lead, now, stop, until};
use crate::letters;
use crate::walk::Browser;

const SOON: Duration = Duration::from_secs(30);
const TOPIC: &str = "flow";
const LOGIN: &str = "a.marchbanks";
const PASSWORD: &str = "four words stand together";

fn workload() -> Workload {
    Workload { children: 50, on: encompass_core::calendar::london::date(now()) }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_becomes_a_leads_i_have_it() -> anyhow::Result<()> {
    let Some(kafka) = or_left_out("Kafka", kafka::shared().await) else { return Ok(()) };
    let Some(postgres) = or_left_out("PostgreSQL", postgres::shared().await) else { return Ok(()) };
    let mut browser = Browser::default();
    let blank = json!([{ "open": "data:text/html,<html lang=en><title>a</title><main><h1>a</h1></main>" }]);
    if or_left_out("Chromium", browser.walk(blank).await).is_none() {
        return Ok(());
    }
    for topic in [TOPIC, "flow.events", "flow.dlq"] {
        kafka.create_topic(topic, 4).await?;
    }
    let ca = Ca::new()?;
    let security = Security::StartTls(ca.issue(&["127.0.0.1"])?);
    let sink = Sink::start_with(Settings { security, ..Settings::default() }).await?;
    let installation = Installation::new(Setup {
        url: Some(postgres.database().await?),
        kafka: Some((&kafka, TOPIC)),
        relay: Some(sink.port()),
        authority: Some(ca.pem_path()),
    })?;
    let flow = Flow { installation, sink, kafka };
    flow.run().await.with_context(|| flow.installation.log())
}

struct Flow {
    installation: Installation,
    sink: Sink,
    kafka: kafka::Client,
}

/// The incident of this reference, once it is accepted.
async fn accepted(store: &Store, reference: &str) -> anyhow::Result<IncidentId> {
    let find = async || match store.find_case(&SCOPE(), FORCE, reference).await {
        Ok(case) => Ok(Some(case.id)),
        Err(encompass_store::Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    };
    until("the incident", SOON, async || Ok(find().await?.is_some())).await?;
    find().await?.context("it was there")
}

impl Flow {
    async fn run(&self) -> anyhow::Result<()> {
        self.installation.command(&["migrate"], "").await?;
        self.installation.import(workload()).await?;
        self.make_account().await?;
        let mut service = self.installation.start().await?;
        let store = self.installation.store().await?;
        let mut staff = Browser::default();
        self.verify(&mut staff, &store).await?;
        let [known, unknown] = self.publish().await?;
        self.answer().await?;
        let [known, unknown] = [accepted(&store, &known).await?, accepted(&store, &unknown).await?];
        self.is_told_back(known).await?;
        self.is_measured(&store, known).await?;
        self.desk_shows(&mut staff, &store, unknown).await?;
        stop(&mut service).await?;
        ensure!(self.sink.mails().iter().all(|mail| mail.encrypted), "a mail went in clear");
        Ok(())
    }

    async fn make_account(&self) -> anyhow::Result<()> {
        let roles = ["--role", "desk", "--role", "reviewer", "--role", "leader", "--role", "operator"];
        let terms = ["account", "create", LOGIN, "--name", "A. Marchbanks", "--force", FORCE];
        let arguments = [&terms[..], &roles, &["--password-stdin"]].concat();
        self.installation.command(&arguments, PASSWORD).await.map(drop)
    }

    fn desk(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.installation.first.desk)
    }

    /// The desk has the lead sent a link and a code; the lead confirms the address.
    async fn verify(&self, staff: &mut Browser, store: &Store) -> anyhow::Result<()> {
        let contact = lead(store).await?;
        let pages = staff
            .walk(json!([
                { "open": self.desk("/sign-in") },
                { "fill": { "Login": LOGIN, "Password": PASSWORD } },
                { "press": "Sign in" },
                { "open": self.desk(&format!("/contacts/{contact}")) },
                { "press": "Send link and code" },
            ]))
            .await?;
        ensure!(pages[1].url == self.desk("/held"), "signing in led to {}", pages[1].url);
        let mail = letters::next(&self.sink, 0, Workload::LEAD).await?;
        let pages = Browser::default()
            .walk(json!([
                { "open": letters::link(&mail, "/verify/")? },
                { "fill": { "Code from the mail": letters::code(&mail)? } },
                { "press": "Confirm" },
            ]))
            .await?;
        ensure!(pages[1].text.contains("Your mail address is confirmed"), "{}", pages[1].text);
        Ok(())
    }

    /// Publishes a child whom the register has, and one whom it has not; gives the incidents' references.
    async fn publish(&self) -> anyhow::Result<[String; 2]> {
        let events: Vec<Value> = [7, 8]
            .iter()
            .map(|number| serde_json::from_slice(&workload().event(*number, now()).1))
            .collect::<Result<_, _>>()?;
        let [known, mut unknown] = <[Value; 2]>::try_from(events).expect("two events");
        unknown["data"]["children"][0]["birth_date"] = json!("2014-02-03");
        let references = [&known, &unknown].map(|event| {
            let reference = event["data"]["reference"].as_str();
            reference.expect("an event has a reference").to_owned()
        });
        let file = self.installation.path("incidents.json");
        fs::write(&file, json!([known, unknown]).to_string())?;
        let file = file.display().to_string();
        let printed = self.installation.command(&["incident", "publish", &file], "").await?;
        ensure!(printed.contains("2 events published"), "{printed}");
        Ok(references)
    }

    /// The lead follows the link, asks for a code, says who is reading, and has it.
    async fn answer(&self) -> anyhow::Result<()> {
        let mail = letters::next(&self.sink, 1, Workload::LEAD).await?;
        let (mut lead, before) = (Browser::default(), self.sink.count());
        let pages = lead
            .walk(json!([{ "open": letters::link(&mail, "/n/")? }, { "press": "Send me a code" }]))
            .await?;
        ensure!(pages[0].title.contains("A notification waits for you"), "{}", pages[0].title);
        let code = letters::code(&letters::next(&self.sink, before, Workload::LEAD).await?)?;
        let pages = lead
            .walk(json!([
                { "open": pages[1].url },
                { "fill": { "Code from the mail": code } },
                { "press": "Continue" },
                { "fill": { "Your name": "Wendy Jellicoe", "What you are at your setting": "Lead" } },
                { "press": "Continue" },
                { "choose": "Yes" },
                { "press": "Continue" },
                { "press": "I have it" },
                { "press": "Back to your notifications" },
            ]))
            .await?;
        ensure!(pages[2].text.contains("Is this child with you?"), "{}", pages[2].text);
        ensure!(!pages[2].text.contains("Neighbour called"), "something was shown before the answer");
        ensure!(pages[5].text.contains("answered everything"), "{}", pages[5].text);
        Ok(())
    }

    async fn is_told_back(&self, incident: IncidentId) -> anyhow::Result<()> {
        let told = async || {
            let events = Events::read(&self.kafka, "flow.events").await?;
            anyhow::Ok(events.about(&incident))
        };
        let is_over = async || Ok(told().await?.last().is_some_and(|last| last.contains("acknowledged")));
        until("the event of the acknowledgement", SOON, is_over).await?;
        let expected = [
            "accepted",
            "child held",
            "child notified",
            "notification waiting",
            "notification sent",
            "notification opened",
            "notification acknowledged",
        ];
        assert_eq!(told().await?, expected);
        Ok(())
    }

    /// `/metrics` has the way to `told`; once the due time is over the same figures say that it was in time.
    async fn is_measured(&self, store: &Store, incident: IncidentId) -> anyhow::Result<()> {
        let case = store.open_case(&SCOPE(), incident).await?;
        let told = &case.children[0].told[0];
        assert_eq!(
            (case.children[0].child.state, told.state),
            (ChildState::Notified, NotificationState::Acknowledged)
        );
        let url = format!("http://127.0.0.1:{}/metrics", self.installation.first.machine);
        let shown = async || anyhow::Ok(http::client()?.get(&url).send().await?.text().await?);
        let line = |kind: &str| {
            format!(
                "encompass_step_seconds_count{{force=\"{FORCE}\",kind=\"{kind}\",setting_kind=\"school\"}} 1"
            )
        };
        let steps = ["received", "resolved", "sent", "opened", "acknowledged", "known_to_told"];
        // The look back is up to a minute old.
        let is_whole = async || {
            let text = shown().await?;
            Ok(steps.iter().all(|kind| text.contains(&line(kind))))
        };
        until("the steps in /metrics", SOON * 3, is_whole).await?;
        let after = told.due_at + SignedDuration::from_mins(1);
        assert_eq!(kept(store, after).await?, 1, "told in time");
        Ok(())
    }

    /// Every page of the desk and of quality assurance that has something to show.
    async fn desk_shows(&self, staff: &mut Browser, store: &Store, held: IncidentId) -> anyhow::Result<()> {
        let is_held = async || Ok(!store.tasks(&SCOPE(), 0).await?.rows.is_empty());
        until("the task about the held child", SOON, is_held).await?;
        let case = store.open_case(&SCOPE(), held).await?;
        assert_eq!(case.children[0].child.state, ChildState::Held);
        let (child, task): (ChildId, TaskId) =
            (case.children[0].child.id, store.tasks(&SCOPE(), 0).await?.rows[0].id);
        let span = (now() - SignedDuration::from_hours(1), now() + SignedDuration::from_hours(24 * 60));
        let drawn = draw_sample(store, FORCE, span, 1.0, 7, Actor::Command("tests".into()), now()).await?;
        assert_eq!(drawn, 2);
        let paths = [
            "/held".to_owned(),
            format!("/children/{child}"),
            "/tasks".into(),
            format!("/tasks/{task}"),
            format!("/incidents/{held}"),
            "/dead-letters".into(),
            "/incidents".into(),
            "/settings".into(),
            "/figures".into(),
            "/service".into(),
            "/reviews".into(),
        ];
        let mut steps: Vec<Value> = paths.iter().map(|path| json!({ "open": self.desk(path) })).collect();
        steps.push(json!({ "follow": "BX-00000007" }));
        let pages = staff.walk(json!(steps)).await?;
        for (page, path) in pages.iter().zip(&paths) {
            ensure!(page.url == self.desk(path), "{path} led to {} ({})", page.url, page.title);
        }
        let review = pages.last().context("the review")?;
        ensure!(review.text.contains("Your answers"), "{}: {}", review.url, review.text);
        Ok(())
    }
}

/// Children told in time by the figures at a moment.
async fn kept(store: &Store, at: Timestamp) -> anyhow::Result<i64> {
    let families = Measure::new(store.clone(), SignedDuration::from_mins(15)).families(at).await?;
    let family = families.iter().find(|family| family.name() == "encompass_children_kept");
    let has = |metric: &prometheus::proto::Metric, value: &str| {
        metric.get_label().iter().any(|label| label.value() == value)
    };
    let metrics = family.map(|family| family.get_metric()).unwrap_or_default();
    let in_time = metrics.iter().filter(|metric| has(metric, "told") && has(metric, "in_time"));
    #[expect(clippy::cast_possible_truncation, reason = "a count of children")]
    Ok(in_time.map(|metric| metric.get_gauge().get_value() as i64).sum())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_broker_an_incident_comes_by_http_and_is_acknowledged_in_plain_pages() -> anyhow::Result<()>
{
    let sink = Sink::start().await?;
    let installation = Installation::new(Setup { relay: Some(sink.port()), ..Setup::default() })?;
    installation.import(workload()).await?;
    installation.verify_lead().await?;
    let key = installation.command(&["api-key", "create", "--force", FORCE, "--label", "rms"], "").await?;
    fs::write(installation.path("force.key"), key.trim())?;
    let mut service = installation.start().await?;
    let (reference, event) = workload().event(3, now());
    fs::write(installation.path("incident.json"), event)?;
    let name = |name| installation.path(name).display().to_string();
    let url = format!("http://127.0.0.1:{}", installation.first.api);
    let (file, key_file) = (name("incident.json"), name("force.key"));
    let publish = ["incident", "publish", &file, "--url", &url, "--key-file", &key_file];
    installation.command(&publish, "").await?;
    installation.command(&publish, "").await.context("publishing again is safe")?;
    let mail = letters::next(&sink, 0, Workload::LEAD).await?;
    crate::visit::acknowledge(&sink, &letters::link(&mail, "/n/")?).await?;
    let store = installation.store().await?;
    let case = store.find_case(&SCOPE(), FORCE, &reference).await?;
    assert_eq!(case.children[0].told[0].state, NotificationState::Acknowledged);
    assert_eq!((case.versions.len(), case.versions[0].repeats), (1, 1));
    until("the force reads of one acknowledgement", Duration::from_secs(10), async || {
        let events = http::client()?.get(format!("{url}/v1/events?after=0")).bearer_auth(key.trim());
        let text = events.send().await?.text().await?;
        Ok(text.matches("\"after\":\"acknowledged\"").count() == 1)
    })
    .await?;
    stop(&mut service).await?;
    Ok(())
}
