//! What the README says to type, typed.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use encompass_testkit::service::{Service, Spec, executable};
use encompass_testkit::{Folder, project};

use crate::feed::workload;
use crate::installation::{Ports, READY_WITHIN, stop};

/// The commands of the block under a title.
fn block<'a>(readme: &'a str, title: &str) -> anyhow::Result<&'a str> {
    let section = readme.split(&format!("\n## {title}\n")).nth(1).with_context(|| title.to_owned())?;
    section.split("```").nth(1).context("a block of commands")
}

/// Types commands in a folder where the executable and the examples are found as the README has them.
async fn types(folder: &Path, commands: &str) -> anyhow::Result<String> {
    let mut bash = tokio::process::Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", commands])
        .current_dir(folder)
        .env_clear()
        .env("PATH", "/usr/bin:/bin");
    let output = tokio::time::timeout(READY_WITHIN * 2, bash.output()).await.context("too slow")??;
    let complained = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{commands}\n{complained}");
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_readme_says_to_type_works_in_its_order() -> anyhow::Result<()> {
    let readme = fs::read_to_string(project::root().join("README.md"))?;
    let folder = Folder::new()?;
    let at = folder.path();
    fs::create_dir_all(at.join("target/release"))?;
    std::os::unix::fs::symlink(executable()?, at.join("target/release/encompass"))?;
    std::os::unix::fs::symlink(project::root().join("config"), at.join("config"))?;
    fs::write(at.join("edubasealldata.csv"), workload().gias())?;

    let run = block(&readme, "Run it")?;
    let is_typed = |line: &&str| !line.starts_with("cargo build") && !line.contains("encompass all");
    let commands: Vec<&str> = run.lines().filter(is_typed).collect();
    ensure!(run.lines().count() - commands.len() == 2, "one line builds and one serves:\n{run}");
    types(at, &commands.join("\n")).await?;

    let (ports, mut environment) = (Ports::free(), vec![("HOME".to_owned(), at.display().to_string())]);
    environment.extend(ports.environment());
    let data = |name: &str| at.join("data").join(name).display().to_string();
    // Commands run in the folder of the README's reader, and the service where the tests run.
    environment.push(("ENCOMPASS_STORE__URL".into(), format!("sqlite://{}?mode=rwc", data("encompass.db"))));
    environment.push(("ENCOMPASS_STORE__KEY_FILE".into(), data("installation.key")));
    let spec = Spec {
        program: executable()?,
        arguments: ["all".into(), "--config".into(), at.join("encompass.toml").into()].into(),
        environment,
        log: at.join("encompass.log"),
        machine: format!("127.0.0.1:{}", ports.machine),
    };
    let mut service = Service::start(spec, READY_WITHIN).await?;
    let publish =
        block(&readme, "Publish an incident")?.replace("127.0.0.1:8081", &format!("127.0.0.1:{}", ports.api));
    let printed = types(at, &publish).await?;
    ensure!(printed.contains("accepted") && printed.contains("published"), "{printed}");
    stop(&mut service).await?;
    Ok(())
}
