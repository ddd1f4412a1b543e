//! Headless Chromium, driven by the node scripts of `tests/browser`.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use crate::availability::program;
use crate::process::command;
use crate::{Missing, project};

const DONE_WITHIN: Duration = Duration::from_secs(120);

/// A fault of a page that axe-core found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// axe-core's name of the rule, as `color-contrast`.
    pub rule: String,
    /// `minor`, `moderate`, `serious` or `critical`.
    pub impact: String,
    /// The rule in a sentence.
    pub help: String,
    /// Selectors of the elements at fault.
    pub elements: Vec<String>,
}

/// Runs `tests/browser/{script}` with `input` on its standard input and returns what it prints, both JSON.
///
/// # Errors
///
/// [`Missing`] without node, Chromium or the harness's packages; else what the script printed as its error.
pub async fn run(script: &str, input: &Value) -> anyhow::Result<Value> {
    let chromium = program("chromium", &[])?;
    let folder = project::root().join("tests/browser");
    if !folder.join("node_modules/playwright-core").is_dir() {
        return Err(Missing::new("playwright-core", "run scripts/setup").into());
    }
    let mut node = tokio::process::Command::from(command(&program("node", &[])?, None));
    node.current_dir(&folder).arg(script).env("CHROMIUM", chromium).kill_on_drop(true);
    let mut child = node.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut stdin = child.stdin.take().context("piped above")?;
    stdin.write_all(input.to_string().as_bytes()).await?;
    drop(stdin);
    let output = timeout(DONE_WITHIN, child.wait_with_output())
        .await
        .with_context(|| format!("{script} took longer than {DONE_WITHIN:?}"))??;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        bail!("{script}: {}\n{said}{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    serde_json::from_str(&said).with_context(|| format!("{script} printed no JSON: {said}"))
}

/// What axe-core finds wrong with a page, at the widths of a phone and of a desk.
///
/// # Errors
///
/// As [`run`].
pub async fn violations(url: &str) -> anyhow::Result<Vec<Violation>> {
    let found = run("axe.mjs", &json!({ "url": url })).await?;
    from_json(&found)
}

/// The violations in what a script returned from the harness's `violations`.
///
/// # Errors
///
/// If it is not a list of violations.
pub fn from_json(found: &Value) -> anyhow::Result<Vec<Violation>> {
    let list = found.as_array().context("axe-core returned no list")?;
    Ok(list.iter().map(violation).collect())
}

fn violation(found: &Value) -> Violation {
    let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
    let elements = found["elements"].as_array().into_iter().flatten();
    Violation {
        rule: text("rule"),
        impact: text("impact"),
        help: text("help"),
        elements: elements.filter_map(|element| element.as_str().map(str::to_owned)).collect(),
    }
}

/// Pictures of a page as PNG files in `folder`, by the names `{name}-360x740.png` and `{name}-1280x900.png`.
///
/// # Errors
///
/// As [`run`].
pub async fn screenshots(url: &str, folder: &Path, name: &str) -> anyhow::Result<Vec<PathBuf>> {
    let input = json!({ "url": url, "folder": folder, "name": name });
    let files = run("screenshots.mjs", &input).await?;
    let files = files.as_array().context("a list of files")?;
    Ok(files.iter().filter_map(|file| file.as_str().map(PathBuf::from)).collect())
}
