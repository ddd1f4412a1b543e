//! The alert rules of `deploy/prometheus`, under promtool.

use anyhow::Result;
use encompass_testkit::prometheus::{check_rules, test_rules};
use encompass_testkit::{or_left_out, project};

#[tokio::test]
async fn the_rules_are_sound_and_do_on_made_up_series_what_they_promise() -> Result<()> {
    let folder = project::root().join("deploy/prometheus");
    if or_left_out("promtool", check_rules(&folder.join("rules.yml")).await).is_none() {
        return Ok(());
    }
    test_rules(&folder.join("rules.test.yml")).await?;
    Ok(())
}
