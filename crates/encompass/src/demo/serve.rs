//! After the play: the pages go on at normal speed.

use std::fmt::Write as _;

use anyhow::Context;
use tokio_util::sync::CancellationToken;

use super::feed::INCIDENTS;
use super::{Demo, progress};

impl Demo {
    /// Where the pages are, and how to sign in.
    pub fn addresses(&self) -> String {
        let mut text = String::new();
        let here = "http://127.0.0.1";
        let (ports, broker) = (self.ports, self.feed.address());
        let lines = [
            ("Letters to leads", format!("{here}:{}/", ports.letters)),
            (
                "Settings' pages",
                format!("{here}:{}/  (follow a letter's link; the code comes as a letter)", ports.portal),
            ),
            ("Staff's pages", format!("{here}:{}/", ports.desk)),
            ("Systems (API)", format!("{here}:{}/", ports.api)),
            ("Metrics", format!("{here}:{}/metrics", ports.machine)),
            ("Kafka", format!("{broker}, for instance: kcat -P -b {broker} -t {INCIDENTS} event.json")),
        ];
        for (what, address) in lines {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{what:<18}{address}");
        }
        let _ = writeln!(text, "\nSign in at staff's pages as:");
        for account in &self.staff {
            let _ = writeln!(text, "  {:<10}{}  {}", account.login, account.password, account.sees);
        }
        let kept = if self.folder.is_kept() { "" } else { " (removed at the end)" };
        let _ = writeln!(text, "\nStore and log: {}{kept}", self.folder.path().display());
        text
    }

    /// Lets time run on and the roles work by themselves, until `shutdown`.
    ///
    /// # Errors
    /// When a role stops by itself.
    pub async fn serve(mut self, shutdown: CancellationToken) -> anyhow::Result<()> {
        self.stop_intake().await?;
        self.node.clock.run_on();
        progress("It is now that Monday morning, and time runs at normal speed. Ctrl-C ends.");
        let mut work = std::pin::pin!(self.node.work(self.running, self.stop.clone()));
        let ended = tokio::select! {
            ended = &mut work => ended,
            () = shutdown.cancelled() => {
                self.stop.cancel();
                work.await
            }
        };
        self.catcher_stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        ended
    }

    /// Ends without serving.
    ///
    /// # Errors
    /// When something had stopped by itself.
    pub async fn end(mut self) -> anyhow::Result<()> {
        self.stop_intake().await?;
        self.stop.cancel();
        while let Some(ended) = self.running.join_next().await {
            ended.context("a listener")??;
        }
        self.catcher_stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.node.store.close().await;
        Ok(())
    }

    async fn stop_intake(&mut self) -> anyhow::Result<()> {
        self.intake_stop.cancel();
        while let Some(ended) = self.intake.join_next().await {
            ended.context("intake")??;
        }
        Ok(())
    }
}
