use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Result;
use axum::{Router, response::Html, routing::get};
use encompass_testkit::browser::{screenshots, violations};
use encompass_testkit::{Folder, or_left_out};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const GOOD: &str = "<!doctype html><html lang=en><title>Good</title><main><h1>Good</h1></main>";
const BAD: &str = "<!doctype html><html><title>Bad</title><main><h1>Bad</h1><img src=x></main>";

async fn pages(tasks: &mut JoinSet<std::io::Result<()>>) -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let policy = [("content-security-policy", "default-src 'self'")];
    let router = Router::new()
        .route("/good", get(async move || (policy, Html(GOOD))))
        .route("/bad", get(async move || (policy, Html(BAD))));
    tasks.spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

#[tokio::test]
async fn axe_finds_the_faults_of_a_page_and_none_in_a_good_one() -> Result<()> {
    let mut tasks = JoinSet::new();
    let address = pages(&mut tasks).await?;
    let good = violations(&format!("http://{address}/good")).await;
    let Some(good) = or_left_out("chromium", good) else { return Ok(()) };
    assert_eq!(good, []);
    let bad = violations(&format!("http://{address}/bad")).await?;
    assert!(bad.iter().any(|fault| fault.rule == "html-has-lang"), "{bad:?}");
    assert!(bad.iter().any(|fault| fault.rule == "image-alt" && fault.elements == ["img"]), "{bad:?}");
    Ok(())
}

#[tokio::test]
async fn a_page_is_pictured_for_a_phone_and_for_a_desk() -> Result<()> {
    let mut tasks = JoinSet::new();
    let address = pages(&mut tasks).await?;
    let folder = Folder::new()?;
    let files = screenshots(&format!("http://{address}/good"), folder.path(), "good").await;
    let Some(files) = or_left_out("chromium", files) else { return Ok(()) };
    let sizes = files.iter().map(|file| Ok(dimensions(&std::fs::read(file)?)));
    assert_eq!(sizes.collect::<Result<Vec<_>>>()?, [(360, 740), (1280, 900)]);
    Ok(())
}

/// Width and height from the head of a PNG file.
fn dimensions(png: &[u8]) -> (u32, u32) {
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    (number(16), number(20))
}
