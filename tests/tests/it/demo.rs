//! The whole demonstration, searched from outside for whatever is personal.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use encompass::demo::Plan;
use encompass_county::Search;
use encompass_testkit::service::{Service, Spec, executable};
use encompass_testkit::{Folder, http, ports};

use crate::visit::Visitor;

/// Plenty for an unoptimised build beside other tests.
const PLAYED_WITHIN: Duration = Duration::from_mins(15);
const ENDED_WITHIN: Duration = Duration::from_mins(1);

/// The demonstration is played as anybody plays it, at debug level. While it serves its pages, everything that it shows
/// without a sign-in, wrote or was started with, and whatever others keep of visits to staff's pages, is searched for
/// every name, birth date, address and free text of the county and its incidents.
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

    let search = Arc::new(personal());
    for (account, kinds) in STAFF {
        let pages = browse(&said, account, &search).await.context(account)?;
        ensure!(
            kinds.iter().all(|kind| pages.contains_key(*kind)),
            "{account} was led to no more than {pages:?}"
        );
    }
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

/// Who works at staff's pages, and what links must at least lead them to.
const STAFF: [(&str, &[&str]); 4] = [
    ("desk", &["/held", "/children/…", "/tasks/…", "/incidents/…", "/dead-letters", "/settings"]),
    ("reviewer", &["/reviews/…/…", "/matches/…"]),
    ("leader", &["/figures", "/matching/wexcombe-police/…"]),
    ("operator", &["/service"]),
];
/// How many pages of one kind are looked at.
const OF_A_KIND: usize = 4;

/// Signs in to staff's pages and follows every link, a few to each kind of page. The kinds with how often they were
/// shown; what others keep of each visit is searched.
async fn browse(said: &str, account: &str, search: &Arc<Search>) -> anyhow::Result<BTreeMap<String, usize>> {
    let (search, base) = (search.clone(), address(said, "Staff's pages")?.trim_end_matches('/'));
    let password = said.lines().find_map(|line| line.strip_prefix("  ")?.strip_prefix(account));
    let password = password.and_then(|rest| rest.split_whitespace().next()).context("no such account")?;
    let mut visitor = Visitor::at(base, Arc::new(move |text| search.find(text.as_bytes()).is_some()))?;
    visitor.get("/sign-in").await?;
    visitor.send("/sign-in", &[("login", account), ("password", password)]).await?;
    let (mut shown, mut ahead) = (BTreeMap::new(), VecDeque::from_iter(visitor.links()));
    let mut known: BTreeSet<String> = ahead.iter().cloned().collect();
    while let Some(link) = ahead.pop_front() {
        let seen = shown.entry(kind(&link)).or_insert(0);
        if *seen == OF_A_KIND {
            continue;
        }
        *seen += 1;
        visitor.get(&link).await.with_context(|| link.clone())?;
        ahead.extend(visitor.links().into_iter().filter(|link| known.insert(link.clone())));
    }
    Ok(shown)
}

/// A path without its ids and its query.
fn kind(link: &str) -> String {
    let path = link.split(['?', '#']).next().unwrap_or_default();
    let is_id = |part: &str| part.bytes().any(|byte| byte.is_ascii_digit());
    path.split('/').map(|part| if is_id(part) { "…" } else { part }).collect::<Vec<_>>().join("/")
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
