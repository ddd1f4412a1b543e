//! The whole benchmark: servers, then one subject after the other, then the report.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use encompass_core::calendar::london;
use encompass_county::Workload;
use encompass_store::Clock;
use encompass_testkit::{Folder, kafka, postgres, project, tls};

use crate::load::Load;
use crate::ours::{self, Installation, Place};
use crate::plain::{Environment, Files, Mode};
use crate::plan::{Options, Plan, Which};
use crate::report::{Report, Start};
use crate::sink::Sink;
use crate::subject::{Measured, World};
use crate::{machine, report};

/// What all subjects share.
struct Stage {
    brokers: kafka::Cluster,
    database: postgres::Cluster,
    folder: Folder,
    plain_sink: Sink,
    secured_sink: Sink,
    authority: tls::Ca,
    workload: Workload,
    load: Load,
    clock: Clock,
    plan: Plan,
}

/// Measures what the options ask for, prints the report and writes it to `target/bench.md`.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    let clock = Clock::machine_time();
    let machine = machine::lines();
    let environment = options.wants(Which::Plain).then(Environment::prepare).transpose()?;
    let mut stage = Stage::set(options.plan(), clock.clone()).await?;
    let mut report = Report { date: clock.machine(), machine, plan: options.plan(), ..Report::default() };
    for (which, name) in
        [(Which::Sqlite, "encompass on SQLite"), (Which::Postgres, "encompass on PostgreSQL")]
    {
        if options.wants(which) {
            stage.service(which, name, &mut report).await?;
        }
    }
    if let Some(environment) = environment {
        for mode in Mode::ALL {
            report.plain.push(stage.plain(&environment, mode).await?);
        }
    }
    let text = report::markdown(&report, options.profile_hint);
    fs::write(project::root().join("target/bench.md"), &text).context("writing target/bench.md")?;
    print(&text);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the report is what the benchmark is run for")]
fn print(text: &str) {
    println!("{text}");
}

impl Stage {
    async fn set(plan: Plan, clock: Clock) -> anyhow::Result<Stage> {
        eprintln!("starting Kafka and PostgreSQL");
        let brokers = kafka::Cluster::start(1).await?;
        let database = postgres::Cluster::start().await?;
        let authority = tls::Ca::new()?;
        let certificate = authority.issue(&["127.0.0.1", "localhost"])?;
        let workload = Workload { children: Plan::CHILDREN, on: london::date(clock.machine()) };
        let load = Load::new(brokers.client(), workload)?;
        let folder = Folder::new()?;
        fs::write(folder.path().join("register.csv"), workload.register())?;
        fs::write(folder.path().join("contacts.csv"), workload.contacts())?;
        let (plain_sink, secured_sink) = (Sink::start(None).await?, Sink::start(Some(&certificate)).await?);
        Ok(Stage {
            brokers,
            database,
            folder,
            plain_sink,
            secured_sink,
            authority,
            workload,
            load,
            clock,
            plan,
        })
    }

    /// Measures the service on one store: with a plain sink, its start, and with STARTTLS.
    async fn service(&mut self, which: Which, name: &'static str, report: &mut Report) -> anyhow::Result<()> {
        let folder = self.folder.path().join(format!("{which:?}"));
        let url = match which {
            Which::Sqlite => format!("sqlite://{}/encompass.db?mode=rwc", folder.display()),
            Which::Postgres | Which::Plain => self.database.database().await?,
        };
        let place = Place { name, folder, url, brokers: self.brokers.client() };
        let installation = Installation::prepare(place, self.workload, &self.clock).await?;
        let measured = self.measured(&installation, None, &Plan::RATES).await?;
        report.service.push(measured);
        report.starts.push(Start { name, seconds: self.starts(&installation).await? });
        let authority = self.authority.pem_path();
        report.service.push(self.measured(&installation, Some(&authority), &[]).await?);
        Ok(())
    }

    async fn measured(
        &mut self,
        installation: &Installation,
        authority: Option<&Path>,
        rates: &[u32],
    ) -> anyhow::Result<Measured> {
        let sink = if authority.is_some() { &self.secured_sink } else { &self.plain_sink };
        let (subject, _) = installation.start(sink, authority).await?;
        let mut world = World { load: &mut self.load, sink, clock: &self.clock };
        let measured = subject.measure(&mut world, &self.plan, self.plan.saturated, rates).await?;
        ours::stop(subject).await?;
        Ok(measured)
    }

    /// Seconds from start to ready on the store as the rounds left it.
    async fn starts(&self, installation: &Installation) -> anyhow::Result<Vec<f64>> {
        let mut seconds = Vec::new();
        for _ in 0..self.plan.rounds {
            let (subject, took): (_, Duration) = installation.start(&self.plain_sink, None).await?;
            seconds.push(took.as_secs_f64());
            ours::stop(subject).await?;
        }
        Ok(seconds)
    }

    async fn plain(&mut self, environment: &Environment, mode: Mode) -> anyhow::Result<Measured> {
        let topic = format!("incidents-{mode:?}").to_lowercase();
        self.brokers.client().create_topic(&topic, 4).await?;
        let database = self.database.database().await?;
        let folder = self.folder.path();
        let files = Files { brokers: self.brokers.client(), topic: &topic, database: &database, folder };
        let subject = environment.start(mode, &files, &self.plain_sink)?;
        let mut world = World { load: &mut self.load, sink: &self.plain_sink, clock: &self.clock };
        let incidents = mode.saturated(self.plan.saturated);
        subject.measure(&mut world, &self.plan, incidents, &Plan::RATES).await
    }
}
