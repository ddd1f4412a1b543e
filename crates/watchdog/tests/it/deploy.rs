//! What of `deploy/` can be checked without running it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use encompass_testkit::project;
use serde_json::Value;
use yaml_rust2::YamlLoader;

fn deploy() -> PathBuf {
    project::root().join("deploy")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { files(&path, found)? } else { found.push(path) }
    }
    Ok(())
}

#[test]
fn every_yaml_file_reads() -> Result<()> {
    let mut all = Vec::new();
    files(&deploy(), &mut all)?;
    all.retain(|path| path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml"));
    assert!(all.len() >= 10, "{all:?}");
    for path in all {
        let documents = YamlLoader::load_from_str(&std::fs::read_to_string(&path)?);
        let documents = documents.with_context(|| path.display().to_string())?;
        assert!(documents.iter().all(|document| document.as_hash().is_some()), "{}", path.display());
    }
    Ok(())
}

#[test]
fn every_alert_says_what_is_wrong_and_where_the_help_for_it_stands() -> Result<()> {
    let rules = YamlLoader::load_from_str(&std::fs::read_to_string(deploy().join("prometheus/rules.yml"))?)?;
    let operations = std::fs::read_to_string(project::root().join("OPERATIONS.md"))?;
    let anchors: BTreeSet<String> = operations
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .map(|title| format!("OPERATIONS.md#{}", title.to_lowercase().replace(' ', "-")))
        .collect();
    let groups = rules[0]["groups"].as_vec().context("groups")?;
    let alerts: Vec<_> =
        groups.iter().flat_map(|group| group["rules"].as_vec().into_iter().flatten()).collect();
    assert!(alerts.len() >= 20);
    for alert in alerts {
        let name = alert["alert"].as_str().context("alert")?;
        assert!(alert["annotations"]["summary"].as_str().is_some_and(|text| text.ends_with('.')), "{name}");
        let runbook = alert["annotations"]["runbook"].as_str().context("runbook")?;
        assert!(anchors.contains(runbook), "{name}: {runbook}");
        assert!(matches!(alert["labels"]["severity"].as_str(), Some("page" | "ticket")), "{name}");
    }
    Ok(())
}

#[test]
fn the_dashboard_is_whole_and_every_panel_asks_something() -> Result<()> {
    let text = std::fs::read_to_string(deploy().join("grafana/dashboard.json"))?;
    let dashboard: Value = serde_json::from_str(&text)?;
    let panels = dashboard["panels"].as_array().context("panels")?;
    let ids: BTreeSet<_> = panels.iter().filter_map(|panel| panel["id"].as_i64()).collect();
    assert_eq!(ids.len(), panels.len(), "ids are unique");
    for panel in panels.iter().filter(|panel| panel["type"] != "row") {
        let targets = panel["targets"].as_array().context("targets")?;
        let asks = |target: &Value| target["expr"].as_str().is_some_and(|expr| !expr.is_empty());
        assert!(!targets.is_empty() && targets.iter().all(asks), "{}", panel["title"]);
        assert_eq!(panel["datasource"]["uid"], "encompass", "{}", panel["title"]);
    }
    Ok(())
}

#[test]
fn roles_in_compose_and_kubernetes_are_those_of_the_executable_and_run_without_rights() -> Result<()> {
    let roles = BTreeSet::from(["intake", "resolver", "notifier", "portal", "watchdog", "oversight"]);
    let text = std::fs::read_to_string(deploy().join("kubernetes/deployments.yaml"))?;
    let documents = YamlLoader::load_from_str(&text)?;
    let mut deployed = BTreeSet::new();
    for deployment in &documents {
        let pod = &deployment["spec"]["template"]["spec"];
        let container = &pod["containers"][0];
        deployed.insert(container["args"][0].as_str().context("args")?);
        assert_eq!(pod["securityContext"]["runAsNonRoot"].as_bool(), Some(true));
        assert_eq!(container["securityContext"]["readOnlyRootFilesystem"].as_bool(), Some(true));
        assert_eq!(container["readinessProbe"]["httpGet"]["path"].as_str(), Some("/readyz"));
        assert_eq!(container["livenessProbe"]["httpGet"]["path"].as_str(), Some("/livez"));
    }
    assert_eq!(deployed, roles);
    let compose = std::fs::read_to_string(deploy().join("container/compose.yaml"))?;
    let services = &YamlLoader::load_from_str(&compose)?[0]["services"];
    for role in roles {
        assert_eq!(services[role]["command"][0].as_str(), Some(role));
    }
    Ok(())
}
