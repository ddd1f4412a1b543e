//! Measures the service and a plain consumer side by side: same broker, same database server, same mail sink, same
//! events, one machine. `make bench` builds and runs it; `--help` says what can be chosen.

mod figure;
mod load;
mod machine;
mod ours;
mod plain;
mod plan;
mod report;
mod round;
mod run;
mod sink;
mod subject;
mod usage;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let options = plan::Options::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("encompass-bench: no threads could be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run::run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("encompass-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}
