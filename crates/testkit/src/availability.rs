//! What can be had on this machine, and what is said when something can't.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::thread;

use crate::project;

/// A program, jar or permission that a server needs is not there.
#[derive(Debug, thiserror::Error)]
#[error("{what} is missing: {remedy}")]
pub struct Missing {
    what: String,
    remedy: String,
}

impl Missing {
    pub(crate) fn new(what: impl Into<String>, remedy: impl Into<String>) -> Missing {
        Missing { what: what.into(), remedy: remedy.into() }
    }
}

/// The server, or `None` with the test named in the list of what was left out, if it can't be had here.
///
/// # Panics
///
/// If the server is there but failed to start, and, with `CI=true`, if it can't be had.
pub fn or_left_out<T>(server: &str, started: anyhow::Result<T>) -> Option<T> {
    match started {
        Ok(value) => Some(value),
        Err(error) if error.is::<Missing>() => {
            left_out(server, &error.to_string());
            None
        }
        Err(error) => panic!("{server} did not start: {error:#}"),
    }
}

/// Says loudly that the calling test leaves out what needs `server`, and notes it in `target/left-out.txt`
/// for the end of the run.
///
/// # Panics
///
/// With `CI=true`, where leaving out is a failure.
pub fn left_out(server: &str, why: &str) {
    let test = thread::current().name().unwrap_or("a test").to_owned();
    let line = format!("{test}: needs {server}: {why}");
    eprintln!("\n*** LEFT OUT *** {line}\n");
    assert!(variable("CI").as_deref() != Some("true"), "left out with CI=true: {line}");
    note(&line);
}

fn note(line: &str) {
    let list = project::root().join("target/left-out.txt");
    let file = OpenOptions::new().create(true).append(true).open(&list);
    file.and_then(|mut file| writeln!(file, "{line}")).expect("the target folder can be written");
}

/// An environment variable, with the empty string taken as not given.
#[expect(clippy::disallowed_methods, reason = "the environment names the servers to test against")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The full path of a program: from `PATH`, or from one of the `beside` folders Debian keeps it in.
pub(crate) fn program(name: &str, beside: &[&str]) -> Result<PathBuf, Missing> {
    let path = variable("PATH").unwrap_or_default();
    let folders = beside.iter().map(PathBuf::from).chain(std::env::split_paths(&path));
    folders
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .ok_or_else(|| Missing::new(name, "run scripts/setup"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "kafka did not start: out of memory")]
    fn a_server_that_is_there_but_fails_is_a_failed_test() {
        or_left_out::<()>("kafka", Err(anyhow::anyhow!("out of memory")));
    }

    #[test]
    fn a_program_is_found_by_path_and_a_missing_one_is_told_as_missing() {
        assert!(program("sh", &[]).is_ok_and(|path| path.ends_with("sh")));
        let missing = program("no-such-program", &[]).expect_err("not there");
        assert_eq!(missing.to_string(), "no-such-program is missing: run scripts/setup");
    }
}
