//! The invariants of absence that ARCHITECTURE.md promises.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The crates that serve; none may depend on another.
const SERVICES: [&str; 6] = [
    "encompass-intake",
    "encompass-resolver",
    "encompass-notifier",
    "encompass-portal",
    "encompass-watchdog",
    "encompass-oversight",
];

/// The crates that only tests and the benchmark use.
const TOOLS: [&str; 3] = ["encompass-testkit", "encompass-bench", "encompass-tests"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// What each crate of ours depends on, dependencies of tests left out.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let packages = metadata["packages"].as_array().unwrap();
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap();
            let kept = dependencies.iter().filter(|dependency| dependency["kind"].is_null());
            (text(&package["name"]), kept.map(|dependency| text(&dependency["name"])).collect())
        })
        .collect()
}

/// Every Rust file of a crate's sources.
fn sources(name: &str) -> Vec<(PathBuf, String)> {
    let folder = root().join("crates").join(name.strip_prefix("encompass-").unwrap_or(name)).join("src");
    let mut found = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    found
}

/// Crates of the product that depend on `crate_name`.
fn users_of(crate_name: &str) -> Vec<String> {
    let users = dependencies().into_iter().filter(|(name, _)| !TOOLS.contains(&name.as_str()));
    users.filter(|(_, dependencies)| dependencies.contains(crate_name)).map(|(name, _)| name).collect()
}

#[test]
fn services_never_depend_on_each_other() {
    let dependencies = dependencies();
    for service in SERVICES {
        let others: Vec<_> =
            SERVICES.iter().filter(|other| dependencies[service].contains(**other)).collect();
        assert!(others.is_empty(), "{service} depends on {others:?}");
    }
}

#[test]
fn nothing_of_the_product_depends_on_the_tools() {
    for tool in TOOLS {
        assert!(users_of(tool).is_empty(), "{tool} is used by {:?}", users_of(tool));
    }
}

#[test]
fn core_and_matching_are_pure() {
    let dependencies = dependencies();
    let ours = |name: &str| {
        dependencies[name].iter().filter(|d| d.starts_with("encompass-")).cloned().collect::<Vec<_>>()
    };
    assert!(ours("encompass-core").is_empty());
    for name in ["encompass-matching", "encompass-directory"] {
        assert_eq!(ours(name), ["encompass-core"], "{name}");
    }
    for name in ["encompass-core", "encompass-matching", "encompass-county", "encompass-directory"] {
        for impure in ["tokio", "sqlx", "reqwest", "axum", "rdkafka"] {
            assert!(!dependencies[name].contains(impure), "{name} depends on {impure}");
        }
        for (path, text) in sources(name) {
            for call in [
                "Timestamp::now",
                "Zoned::now",
                "SystemTime",
                "std::env::var",
                "std::net::",
                "std::process::",
                "std::fs",
                "File::open",
            ] {
                assert!(!text.contains(call), "{} uses {call}", path.display());
            }
        }
    }
}

#[test]
fn only_the_store_knows_sql() {
    assert_eq!(users_of("sqlx"), ["encompass-store"]);
    for name in
        dependencies().keys().filter(|name| *name != "encompass-store" && !TOOLS.contains(&name.as_str()))
    {
        for (path, text) in sources(name) {
            for statement in ["INSERT INTO ", "DELETE FROM ", "SELECT * FROM"] {
                assert!(!text.contains(statement), "{} holds SQL", path.display());
            }
        }
    }
}

#[test]
fn only_web_opens_an_http_listener() {
    assert_eq!(users_of("axum-server"), ["encompass-web"]);
    for name in
        dependencies().keys().filter(|name| *name != "encompass-web" && !TOOLS.contains(&name.as_str()))
    {
        for (path, text) in sources(name) {
            assert!(!text.contains("axum::serve"), "{} serves HTTP itself", path.display());
        }
    }
}

#[test]
fn only_intake_consumes_from_kafka() {
    for name in
        dependencies().keys().filter(|name| *name != "encompass-intake" && !TOOLS.contains(&name.as_str()))
    {
        for (path, text) in sources(name) {
            assert!(!text.contains("rdkafka::consumer"), "{} consumes from Kafka", path.display());
        }
    }
}

#[test]
fn only_the_notifier_sends_to_settings() {
    assert_eq!(users_of("lettre"), ["encompass-notifier"]);
    assert_eq!(users_of("reqwest"), ["encompass", "encompass-notifier"]);
    for (path, text) in sources("encompass") {
        let publishes =
            path.ends_with("command/publish.rs") || path.components().any(|part| part.as_os_str() == "demo");
        assert!(publishes || !text.contains("reqwest::"), "{} makes HTTP requests", path.display());
    }
    for (path, text) in sources("encompass-watchdog") {
        assert!(!text.contains("encompass_notifier"), "{} knows the notifier", path.display());
    }
}

#[test]
fn services_that_only_work_with_the_store_open_no_connection() {
    let dependencies = dependencies();
    for name in ["encompass-resolver", "encompass-portal", "encompass-watchdog", "encompass-oversight"] {
        for networked in ["reqwest", "lettre", "rdkafka", "axum-server", "hyper"] {
            assert!(!dependencies[name].contains(networked), "{name} depends on {networked}");
        }
        for (path, text) in sources(name) {
            for call in ["std::net::Tcp", "std::net::Udp", "tokio::net"] {
                assert!(!text.contains(call), "{} uses {call}", path.display());
            }
        }
    }
}

#[test]
fn only_the_configuration_reads_the_environment() {
    for name in dependencies().keys().filter(|name| *name != "encompass" && !TOOLS.contains(&name.as_str())) {
        for (path, text) in sources(name) {
            let product = text.split("#[cfg(test)]").next().unwrap();
            assert!(!product.contains("std::env::var"), "{} reads the environment", path.display());
        }
    }
}

#[test]
fn no_file_that_everybody_must_edit_grows_beyond_measure() {
    let limit = 500;
    for name in dependencies().keys().filter(|name| *name != "encompass-tests") {
        for (path, text) in sources(name) {
            let lines = text.lines().count();
            assert!(lines <= limit, "{} has {lines} lines: take it apart", path.display());
        }
    }
}

#[test]
fn no_registry_host_and_no_path_of_a_machine_is_written_down() {
    for name in ["Cargo.toml", "Makefile", "README.md", "scripts/setup", "tests/browser/package-lock.json"] {
        let Ok(text) = std::fs::read_to_string(root().join(name)) else { continue };
        for trace in ["/work/", "/root/", "\"resolved\""] {
            assert!(!text.contains(trace), "{name} holds {trace}");
        }
    }
}
