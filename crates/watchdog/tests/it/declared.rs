//! Every metric as its declaration in the source says it: its name, then its HELP text or the constant with it.
//!
//! `METRICS.md` is written from them, and rules and dashboard may name no other. Written anew by
//! `UPDATE_EXPECT=1 cargo test -p encompass-watchdog declared`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use encompass_testkit::project;

/// One declaration.
struct Declared {
    name: String,
    kind: &'static str,
    help: String,
}

/// A string literal of the source, where it stands and where it ends.
struct Literal {
    from: usize,
    to: usize,
    text: String,
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sources(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(())
}

/// The string literals of a source, comments left out and continued lines joined.
fn literals(source: &str) -> Vec<Literal> {
    let mut found = Vec::new();
    let mut rest = source.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        match c {
            '/' if source[at..].starts_with("//") => while rest.next_if(|(_, c)| *c != '\n').is_some() {},
            '\'' if source[at..].starts_with("'\"'") => drop(rest.next()),
            '"' => {
                let mut text = String::new();
                let mut to = at;
                while let Some((end, c)) = rest.next() {
                    to = end;
                    match c {
                        '"' => break,
                        '\\' => match rest.next() {
                            Some((_, '\n')) => while rest.next_if(|(_, c)| c.is_whitespace()).is_some() {},
                            Some((_, escaped)) => text.push(escaped),
                            None => break,
                        },
                        c => text.push(c),
                    }
                }
                found.push(Literal { from: at, to, text });
            }
            _ => {}
        }
    }
    found
}

fn is_name(text: &str) -> bool {
    text.starts_with("encompass_") && text.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

/// A metric's kind by the nearest word for one before it in its statement, else by its name (Prometheus:
/// counters end in `_total`).
fn kind(name: &str, before: &str) -> &'static str {
    let statement = before.rsplit(';').next().unwrap_or("").to_lowercase();
    let kinds = ["histogram", "counter", "gauge"];
    let nearest = kinds.into_iter().max_by_key(|kind| statement.rfind(kind));
    match nearest.filter(|kind| statement.contains(kind)) {
        _ if name.ends_with("_total") => "counter",
        Some(kind) => kind,
        None => "gauge",
    }
}

/// A metric's HELP: the text after its name, or the text of the constant that is named there.
fn help<'a>(source: &str, literals: &'a [Literal], at: usize) -> Option<&'a str> {
    let after = source[literals[at].to + 1..].trim_start().strip_prefix(',')?.trim_start();
    if after.starts_with('"') {
        return literals.get(at + 1).map(|help| help.text.as_str());
    }
    let name =
        after.split(|c: char| !c.is_ascii_uppercase() && c != '_').next().filter(|name| !name.is_empty())?;
    let constant = format!("const {name}: &str =");
    literals
        .iter()
        .find(|text| source[..text.from].trim_end().ends_with(&constant))
        .map(|text| text.text.as_str())
}

fn declared_in(source: &str) -> Vec<Declared> {
    let literals = literals(source);
    let names = literals.iter().enumerate().filter(|(_, literal)| is_name(&literal.text));
    names
        .filter_map(|(at, literal)| {
            let help = help(source, &literals, at).filter(|help| help.contains(' '))?;
            let kind = kind(&literal.text, &source[..literal.from]);
            Some(Declared { name: literal.text.clone(), kind, help: help.to_owned() })
        })
        .collect()
}

/// By crate, in the order of their names.
fn declared() -> Result<BTreeMap<String, Vec<Declared>>> {
    let mut by_crate = BTreeMap::new();
    for entry in std::fs::read_dir(project::root().join("crates"))? {
        let (path, mut files) = (entry?.path(), Vec::new());
        if !path.join("src").is_dir() {
            continue;
        }
        sources(&path.join("src"), &mut files)?;
        let mut all = Vec::new();
        for file in files {
            all.extend(declared_in(&std::fs::read_to_string(file)?));
        }
        all.sort_by(|a, b| a.name.cmp(&b.name));
        if !all.is_empty() {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            by_crate.insert(name.unwrap_or_default(), all);
        }
    }
    Ok(by_crate)
}

fn names() -> Result<BTreeSet<String>> {
    Ok(declared()?.into_values().flatten().map(|metric| metric.name).collect())
}

const HEAD: &str = "\
# Metrics

Generated from the declarations in the source; a test holds it current. What stands under `store` is computed from
the database when asked and the same from every instance, and each watchdog finds alike: take the maximum over
instances. Everything else is of one process: take the sum. Labels name forces, kinds of setting, states, channels,
classes and topics; never a child, a setting or a person. What to do about an alert is in
[OPERATIONS.md](OPERATIONS.md).
";

#[test]
fn the_document_of_all_metrics_is_current() -> Result<()> {
    let mut document = HEAD.to_owned();
    for (name, metrics) in declared()? {
        write!(document, "\n## {name}\n\n| metric | kind | meaning |\n| --- | --- | --- |\n")?;
        for Declared { name, kind, help } in metrics {
            writeln!(document, "| `{name}` | {kind} | {} |", help.replace('|', "\\|"))?;
        }
    }
    expect_test::expect_file![project::root().join("METRICS.md")].assert_eq(&document);
    Ok(())
}

#[test]
fn a_metric_is_declared_once() -> Result<()> {
    let mut seen = BTreeSet::new();
    for metric in declared()?.into_values().flatten() {
        assert!(seen.insert(metric.name.clone()), "{} is declared twice", metric.name);
    }
    assert!(seen.len() > 40, "the source is read: {seen:?}");
    Ok(())
}

/// The names of our metrics in a text, without what Prometheus adds to a histogram's.
fn named_in(text: &str, known: &BTreeSet<String>) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_lowercase() && c != '_');
    words
        .filter(|word| word.starts_with("encompass_"))
        .map(|word| {
            let base = ["_bucket", "_count", "_sum"].iter().find_map(|end| word.strip_suffix(end));
            base.filter(|base| known.contains(*base)).unwrap_or(word).to_owned()
        })
        .collect()
}

#[test]
fn rules_and_dashboard_name_only_metrics_that_exist() -> Result<()> {
    let known = names()?;
    for file in ["prometheus/rules.yml", "prometheus/rules.test.yml", "grafana/dashboard.json"] {
        let text = std::fs::read_to_string(project::root().join("deploy").join(file))?;
        let named = named_in(&text, &known);
        let unknown: Vec<_> = named.difference(&known).collect();
        assert!(unknown.is_empty() && named.len() > 8, "{file}: {unknown:?}");
    }
    Ok(())
}

/// Every document for people, but for that of the relay, whose settings have names like ours.
fn documents() -> Result<Vec<PathBuf>> {
    let is_document = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "md");
    let mut all = Vec::new();
    for folder in ["", "docs", "config/directory", "config/schemas"] {
        for entry in std::fs::read_dir(project::root().join(folder))? {
            all.push(entry?.path());
        }
    }
    all.retain(is_document);
    Ok(all)
}

#[test]
fn documents_name_only_metrics_and_crates_that_exist() -> Result<()> {
    let mut known = names()?;
    for entry in std::fs::read_dir(project::root().join("crates"))? {
        known.insert(format!("encompass_{}", entry?.file_name().to_string_lossy()));
    }
    let documents = documents()?;
    assert!(documents.len() >= 6, "{documents:?}");
    for document in documents {
        let named = named_in(&std::fs::read_to_string(&document)?, &known);
        let unknown: Vec<_> = named.difference(&known).collect();
        assert!(unknown.is_empty(), "{}: {unknown:?}", document.display());
    }
    Ok(())
}
