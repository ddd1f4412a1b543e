use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::Result;
use axum::{Router, routing::get};
use encompass_testkit::prometheus::{Server, check_rules, test_rules};
use encompass_testkit::{Folder, or_left_out};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const RULES: &str = "
groups:
  - name: smoke
    rules:
      - alert: Late
        expr: children_late > 0
";

const RULE_TEST: &str = "
rule_files: [rules.yml]
tests:
  - interval: 1m
    input_series: [{ series: children_late, values: '0 2' }]
    alert_rule_test:
      - { eval_time: 1m, alertname: Late, exp_alerts: [{}] }
";

#[tokio::test]
async fn a_metric_is_scraped_and_its_alert_fires() -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let target = listener.local_addr()?;
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let metrics = Router::new().route("/metrics", get(async || "children_late 2\n"));
        axum::serve(listener, metrics).await
    });
    let folder = Folder::new()?;
    let rules = folder.path().join("rules.yml");
    std::fs::write(&rules, RULES)?;
    let Some(server) = or_left_out("prometheus", Server::start(&[target], &[&rules]).await) else {
        return Ok(());
    };
    let soon = Duration::from_secs(30);
    let late = server.wait_for("children_late", soon).await?;
    assert_eq!(late[0]["value"][1], "2");
    server.wait_for(r#"ALERTS{alertname="Late",alertstate="firing"}"#, soon).await?;
    assert!(server.query("this is no expression").await.is_err());
    Ok(())
}

#[tokio::test]
async fn promtool_tells_good_rules_from_bad() -> Result<()> {
    let folder = Folder::new()?;
    let [rules, test, bad] = ["rules.yml", "test.yml", "bad.yml"].map(|name| folder.path().join(name));
    std::fs::write(&rules, RULES)?;
    std::fs::write(&test, RULE_TEST)?;
    std::fs::write(&bad, RULES.replace("> 0", "> >"))?;
    if or_left_out("promtool", check_rules(&rules).await).is_none() {
        return Ok(());
    }
    test_rules(&test).await?;
    assert!(check_rules(&bad).await.is_err());
    std::fs::write(&test, RULE_TEST.replace("[{}]", "[]"))?;
    assert!(test_rules(&test).await.is_err());
    Ok(())
}
