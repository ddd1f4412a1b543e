//! The whole demonstration, searched from outside for whatever is personal.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use encompass::demo::Plan;
use encompass_county::Search;
use encompass_testkit::service::{Service, Spec, executable};
use encompass_testkit::{Folder, http, ports};

/// Plenty for an unoptimised build beside other tests.
const PLAYED_WITHIN: Duration = Duration::from_mins(15);
const ENDED_WITHIN: Duration = Duration::from_mins(1);

/// The demonstration is played as anybody plays it, at debug level. While it serves its pages, everything that it shows
/// without a sign-in, wrote or was started with is searched for every name, birth date, address and free text of the
/// county and its incidents.
#[tokio::test(flavor = "multi_thread")]
async fn the_whole_demo_keeps_every_promise_and_no_word_about_a_child_leaves_the_seal() -> anyhow::Result<()>
{
    let folder = Folder::new()?;
    let data = folder.path().join("data");
    let printed = folder.path().join("printed");
    let mut demo = Service::spawn(Spec {
        program: executable()?,
        arguments: vec![
            "demo".into(),
            "--data".into(),
            data.clone().into(),
            "--port".into(),
            ports::free().to_string().into(),
        ],
        environment: Vec::new(),
        log: printed.clone(),
        machine: String::new(),
    })?;
    demo.says("It is now that Monday morning", PLAYED_WITHIN).await?;
    let said = fs::read_to_string(&printed)?;
    ensure!(!said.contains("BROKEN"), "{said}");

    let search = personal();
    let mut open = vec![("what was printed".to_owned(), said.clone().into_bytes())];
    for page in ["Metrics", "Letters to leads"] {
        let text =
            http::client()?.get(address(&said, page)?).send().await?.error_for_status()?.bytes().await?;
        ensure!(!text.is_empty(), "{page} is empty");
        open.push((page.to_owned(), text.to_vec()));
    }
    open.push(("the command line".into(), fs::read(format!("/proc/{}/cmdline", demo.process_id()))?));
    let status = demo.terminate(ENDED_WITHIN).await?;
    ensure!(status.success(), "it ended with {status}");
    open.extend(files(&data)?);
    ensure!(open.iter().any(|(name, bytes)| name.ends_with("encompass.db") && bytes.len() > 10_000_000));
    let log = open.iter().find(|(name, _)| name.ends_with("encompass.log")).context("no log")?;
    ensure!(String::from_utf8_lossy(&log.1).contains("DEBUG"), "the log is not at debug level");
    for (name, bytes) in &open {
        let found = search.find(bytes);
        ensure!(found.is_none(), "personal data stands in {name}, at byte {}", found.unwrap_or_default());
    }
    Ok(())
}

/// Everything personal of the demonstration with the default seed. It finds a child's name where one stands.
fn personal() -> Search {
    let plan = Plan::fortnight(1);
    let county = plan.county();
    let search = Search::of(&county, &plan.incidents(&county));
    let child = county.children.iter().find(|child| child.family.len() > 6).expect("a longer name");
    assert_eq!(search.find(format!("warning: {} was there", child.family).as_bytes()), Some(9));
    search
}

/// The address beside these words in what the demo printed.
fn address<'a>(said: &'a str, words: &str) -> anyhow::Result<&'a str> {
    let line = said.lines().find_map(|line| line.strip_prefix(words));
    line.and_then(|rest| rest.split_whitespace().next()).with_context(|| format!("no address of {words}"))
}

/// The store, what SQLite keeps beside it, and the log; not the key.
fn files(data: &Path) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(data)? {
        let path = entry?.path();
        files.push((path.display().to_string(), fs::read(&path)?));
    }
    Ok(files)
}
