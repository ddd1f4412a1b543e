//! `/metrics` as Prometheus reads it.

use super::Demo;
use super::browser::Browser;

/// Attempts that were cut off.
const UNKNOWN: &str = "encompass_attempts_unknown";

impl Demo {
    /// The text of the page.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn metrics(&self) -> anyhow::Result<String> {
        let page = Browser::new()?.get(&format!("http://127.0.0.1:{}/metrics", self.ports.machine)).await?;
        Ok(page.into_text())
    }

    /// Attempts of which nobody knows whether they were taken, over all forces and channels.
    pub(super) async fn unknown_attempts(&self) -> anyhow::Result<i64> {
        let text = self.metrics().await?;
        let of_family = text.lines().filter(|line| line.starts_with(UNKNOWN));
        let values = of_family.filter_map(|line| line.rsplit_once(' ')?.1.parse::<i64>().ok());
        Ok(values.sum())
    }
}
