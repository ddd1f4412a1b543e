//! Starting and stopping: what is wrong is said before anything starts, and a stop loses nothing.

use std::ffi::OsString;
use std::fs;
use std::time::Duration;

use anyhow::{Context, ensure};
use encompass_testkit::service::{Service, Spec, executable};
use encompass_testkit::smtp::Sink;
use encompass_testkit::{Folder, http, kafka, or_left_out};

use crate::deed::Acted;
use crate::events::Events;
use crate::feed::{Feed, workload};
use crate::installation::{Installation, Ports, READY_WITHIN, Setup, run, stop, until};
use crate::judgement::{judge, settled};

fn arguments(words: &[&str]) -> Vec<OsString> {
    words.iter().map(Into::into).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn typical_mistakes_are_named_before_anything_starts() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let file = folder.path().join("encompass.toml");
    let mistakes = [
        ("[listen.portal]\nbind = \"0.0.0.0:8080\"", "listen.portal"),
        ("[listen.desk]\nbind = \"everywhere\"", "listen.desk.bind"),
        ("[store]\nurl = \"postgres://encompass@db.example/encompass\"", "sslmode=verify-full"),
        (
            "[store]\nurl = \"postgres://encompass@db.example/encompass?sslmode=require\"",
            "sslmode=verify-full",
        ),
        ("[store]\nurl = \"postgres://encompass@localhost/encompass?host=db.example\"", "db.example"),
        ("[intake.kafka]\nbrokers = [\"kafka.example:9092\"]", "kafka.example:9092 is not on loopback"),
        (
            "[intake.kafka]\nbrokers = [\"127.0.0.1:9092\"]\n[intake.kafka.topics]\nincidents = [\"nowhere\"]",
            "there is no section [forces.nowhere]",
        ),
        ("[notifier.smtp]\nhost = \"relay.example\"\ntls = \"none\"", "smtp"),
        ("[notifier]\nlease_seconds = 30", "lease_seconds"),
        ("[links]\nportal = \"http://portal.example\"", "links.portal"),
        ("[notifier.smtp]\nhots = \"relay.example\"", "hots"),
        ("[watchdog]\nevery_seconds = \"often\"", "every_seconds"),
        ("[rules]\nplan = \"nowhere.toml\"", "nowhere.toml"),
    ];
    for (text, named) in mistakes {
        fs::write(&file, text)?;
        let path = file.display().to_string();
        for command in ["check-config", "all"] {
            let ended = run(&arguments(&[command, "--config", &path]), "").await?;
            ensure!(!ended.succeeded, "{command} took {text}");
            ensure!(ended.complained.contains(named), "{command}: {text}: {}", ended.complained);
        }
    }
    let ended = run(&arguments(&["check-config", "--config", "nowhere.toml"]), "").await?;
    ensure!(
        !ended.succeeded && ended.complained.contains("nowhere.toml is not there"),
        "{}",
        ended.complained
    );
    fs::write(&file, "")?;
    let ended = run(&arguments(&["check-config", "--config", &file.display().to_string()]), "").await?;
    ensure!(
        ended.succeeded && ended.printed.contains("can be used"),
        "{}{}",
        ended.printed,
        ended.complained
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_configuration_runs_on_sqlite_without_a_broker() -> anyhow::Result<()> {
    let (folder, ports) = (Folder::new()?, Ports::free());
    let data = folder.path().join("data");
    let mut environment = ports.environment();
    let url = format!("sqlite://{}/encompass.db?mode=rwc", data.display());
    environment.push(("ENCOMPASS_STORE__URL".into(), url));
    let key = data.join("installation.key").display().to_string();
    environment.push(("ENCOMPASS_STORE__KEY_FILE".into(), key));
    let spec = Spec {
        program: executable()?,
        arguments: arguments(&["all"]),
        environment,
        log: folder.path().join("encompass.log"),
        machine: format!("127.0.0.1:{}", ports.machine),
    };
    let mut service = Service::start(spec, READY_WITHIN).await?;
    let client = http::client()?;
    for (port, path, status) in [
        (ports.machine, "/livez", 200),
        (ports.machine, "/readyz", 200),
        (ports.machine, "/metrics", 200),
        (ports.portal, "/sign-in", 200),
        (ports.desk, "/sign-in", 200),
        (ports.api, "/v1/events", 401),
    ] {
        let answer = client.get(format!("http://127.0.0.1:{port}{path}")).send().await?;
        assert_eq!(answer.status().as_u16(), status, "{path}");
    }
    ensure!(data.join("encompass.db").is_file() && data.join("installation.key").is_file(), "no data folder");
    stop(&mut service).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn help_is_there_for_every_command() -> anyhow::Result<()> {
    let top = run(&arguments(&["--help"]), "").await?;
    let commands = [
        "all",
        "intake",
        "resolver",
        "notifier",
        "portal",
        "watchdog",
        "oversight",
        "check-config",
        "default-config",
        "migrate",
        "directory",
        "account",
        "api-key",
        "incident",
        "dead-letter",
        "audit",
        "demo",
    ];
    for command in commands {
        let line = top.printed.lines().find(|line| line.trim_start().starts_with(&format!("{command} ")));
        let line = line.with_context(|| format!("{command} is not in:\n{}", top.printed))?;
        ensure!(line.trim().len() > command.len() + 10, "{command} is not explained");
        let own = run(&arguments(&[command, "--help"]), "").await?;
        ensure!(own.succeeded && own.printed.contains("Usage: encompass"), "{command}: {}", own.complained);
    }
    let default = run(&arguments(&["default-config"]), "").await?;
    ensure!(default.printed.contains("# The installation's key"), "the default file has no comments");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_is_not_opened_with_another_installations_key() -> anyhow::Result<()> {
    let installation = Installation::new(Setup::default())?;
    installation.command(&["migrate"], "").await?;
    fs::write(installation.path("installation.key"), "ab".repeat(32))?;
    let refused = installation.command(&["migrate"], "").await.expect_err("the key is another one");
    ensure!(refused.to_string().contains("key"), "{refused}");
    let mut service = Service::spawn(installation.spec(installation.first)?)?;
    ensure!(!service.ended(READY_WITHIN).await?.success(), "it runs with a wrong key");
    Ok(())
}

/// Messages of a run that is stopped in the middle.
const MESSAGES: usize = 300;

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_under_load_loses_nothing_and_repeats_nothing() -> anyhow::Result<()> {
    let Some(kafka) = or_left_out("Kafka", kafka::shared().await) else { return Ok(()) };
    for topic in ["stop", "stop.events", "stop.dlq"] {
        kafka.create_topic(topic, 4).await?;
    }
    let sink = Sink::start().await?;
    let setup = Setup { kafka: Some((&kafka, "stop")), relay: Some(sink.port()), ..Setup::default() };
    let installation = Installation::new(setup)?;
    stop_under_load(&installation, &kafka, &sink).await.with_context(|| installation.log())
}

async fn stop_under_load(at: &Installation, kafka: &kafka::Client, sink: &Sink) -> anyhow::Result<()> {
    at.import(workload()).await?;
    at.verify_lead().await?;
    let (mut feed, mut service) = (Feed::new(5), at.start().await?);
    feed.publish(kafka, "stop", MESSAGES).await?;
    for stops_at in [20, 100, 180] {
        until("some mails", READY_WITHIN, async || Ok(sink.count() >= stops_at)).await?;
        stop(&mut service).await?;
        service.spawn_again()?;
        service.ready(READY_WITHIN).await?;
    }
    let store = at.store().await?;
    settled(&store, "stop", &feed, Duration::from_secs(60)).await?;
    let events = Events::read(kafka, "stop.events").await?;
    let summary = judge(&store, &feed, sink, &events, &Acted::default()).await?;
    ensure!(
        (summary.repeats, summary.unknown) == (0, 0),
        "a stop in good order cut something off: {summary}"
    );
    stop(&mut service).await?;
    Ok(())
}
