//! `encompass demo`: a made-up county's fortnight, in one process with nothing else running.
//!
//! Everything is as in production but for the world around it: the broker is librdkafka's mock cluster, the relay a
//! mail catcher, and police, leads and desk are simulated from a seed. Domain time is stepped to the next thing due.

mod account;
mod agenda;
mod assemble;
mod browser;
mod catcher;
mod desk;
mod feed;
mod folder;
mod lead;
mod letters;
mod load;
mod log;
mod metrics;
mod people;
mod plan;
mod play;
mod ports;
mod promise;
mod serve;
mod staff;
mod table;
mod visit;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

pub use plan::Plan;

use crate::command::say;
use crate::telemetry;
use assemble::Demo;
use folder::Folder;
use ports::Ports;

/// How the demo is run.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Ends after the table; fails when a promise was broken.
    #[arg(long)]
    once: bool,
    /// The number from which county and fortnight are made.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The portal's port; API, desk and letters take the next three.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Keeps store, key and log in this folder, which must be without a store.
    #[arg(long)]
    data: Option<PathBuf>,
}

/// Plays the fortnight, prints what became of it, and serves the pages until it is told to stop.
///
/// # Errors
/// When something can't start or a service stops by itself.
pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let folder = Folder::new(options.data)?;
    log::start(&folder.log())?;
    let stop = telemetry::shutdown();
    let ports = Ports::choose(options.port);
    let plan = Plan::fortnight(options.seed);
    let Some(mut demo) = until(&stop, Demo::begin(plan, ports, folder)).await? else {
        return Ok(ExitCode::FAILURE);
    };
    match until(&stop, demo.show()).await {
        Ok(Some(_)) if !options.once => {}
        ended => {
            demo.end().await?;
            let is_kept = ended?.unwrap_or(false);
            return Ok(if is_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
    }
    say(demo.addresses());
    demo.serve(stop).await?;
    Ok(ExitCode::SUCCESS)
}

impl Demo {
    /// Plays, prints what became of everything, and says whether every promise was kept.
    async fn show(&mut self) -> anyhow::Result<bool> {
        self.play().await?;
        let account = self.account().await?;
        say(account.table());
        let broken = self.broken_promises(&account).await?;
        for promise in &broken {
            say(format_args!("BROKEN  {promise}"));
        }
        Ok(broken.is_empty())
    }
}

/// Does `work` unless it is time to stop.
async fn until<T>(
    stop: &tokio_util::sync::CancellationToken,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<Option<T>> {
    tokio::select! {
        done = work => done.map(Some),
        () = stop.cancelled() => Ok(None),
    }
}

/// Tells the person at the command line how far it is.
fn progress(line: impl std::fmt::Display) {
    eprintln!("{line}");
}
