//! `encompass`: roles of the service, and commands for people.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = encompass::Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("encompass: no threads could be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(encompass::run(arguments)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("encompass: {error:#}");
            ExitCode::FAILURE
        }
    }
}
