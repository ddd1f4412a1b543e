use std::net::Ipv4Addr;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use axum::{Router, routing::get};
use encompass_testkit::Folder;
use encompass_testkit::service::{Service, Spec};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const SOON: Duration = Duration::from_secs(10);

/// A shell stands for the executable: what is tested is that it is started, watched and ended.
fn shell(script: &str, log: &Path, machine: String) -> Spec {
    Spec {
        program: "/bin/sh".into(),
        arguments: vec!["-c".into(), script.into()],
        environment: vec![("GREETING".into(), "started".into())],
        log: log.to_owned(),
        machine,
    }
}

#[tokio::test]
async fn a_process_is_ready_killed_started_again_and_terminated() -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let machine = listener.local_addr()?.to_string();
    let mut tasks = JoinSet::new();
    tasks.spawn(
        async move { axum::serve(listener, Router::new().route("/readyz", get(async || "ready"))).await },
    );
    let folder = Folder::new()?;
    let log = folder.path().join("service.log");
    let mut service = Service::start(shell("echo $GREETING; exec sleep 60", &log, machine), SOON).await?;
    let first = service.process_id();
    service.kill();
    service.spawn_again()?;
    assert_ne!(service.process_id(), first);
    service.ready(SOON).await?;
    assert_eq!(service.terminate(SOON).await?.signal(), Some(15));
    Ok(())
}

#[tokio::test]
async fn a_process_that_ends_at_once_is_told_with_its_log() -> Result<()> {
    let folder = Folder::new()?;
    let log = folder.path().join("service.log");
    let spec = shell("echo the store is missing; exit 3", &log, "127.0.0.1:9".into());
    let error = Service::start(spec.clone(), SOON).await.expect_err("it ended");
    assert!(error.to_string().contains("the store is missing"), "{error}");
    assert_eq!(Service::spawn(spec)?.ended(SOON).await?.code(), Some(3));
    Ok(())
}
