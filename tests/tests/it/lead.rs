//! A lead who follows links under load, and tries again whenever pages do not answer.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use encompass_core::id::NotificationId;
use encompass_county::{Random, Workload};
use encompass_testkit::smtp::Sink;

use crate::deed::{Acted, Deed};
use crate::installation::until;
use crate::letters;
use crate::visit::{Refused, Visitor};

/// How long the pages may be away.
const ANSWERED_WITHIN: Duration = Duration::from_secs(90);
/// How long a code is waited for before another one is asked for.
const CODE_WITHIN: Duration = Duration::from_secs(15);
/// Of a hundred visits those in another browser, which has to sign in again.
const ELSEWHERE: u64 = 15;

/// The lead.
pub struct Lead {
    sink: Arc<Sink>,
    random: Random,
    browser: Option<Visitor>,
    /// Links that open nothing any more.
    ended: BTreeSet<String>,
    acted: Acted,
}

impl Lead {
    pub fn new(sink: Arc<Sink>, seed: u64) -> Self {
        let random = Random::keyed(seed, "lead");
        Self { sink, random, browser: None, ended: BTreeSet::new(), acted: Acted::default() }
    }

    /// Visits the portal again and again; ends what was begun.
    ///
    /// # Errors
    ///
    /// If a page says what it must not, or is away for too long.
    pub async fn answers_until(mut self, enough: &AtomicBool) -> anyhow::Result<Acted> {
        while !enough.load(Ordering::Acquire) {
            let pause = self.random.between(100, 600).unsigned_abs();
            // The pace of a busy setting; nothing waits for it.
            tokio::time::sleep(Duration::from_millis(pause)).await;
            if self.links().is_empty() {
                continue;
            }
            if self.random.percent(ELSEWHERE) {
                self.browser = None;
            }
            self.visit().await?;
        }
        let sent_back = self.acted.deeds.values().filter(|deed| **deed == Deed::NotHere).count();
        ensure!(self.ended.len() <= sent_back, "{} links ended, {sent_back} sent back", self.ended.len());
        Ok(self.acted)
    }

    /// One notification is dealt with, however often it takes.
    async fn visit(&mut self) -> anyhow::Result<()> {
        let mut begun = None;
        let is_done = async || match self.try_visit(&mut begun).await {
            Err(error) if is_away(&error) => Ok(false),
            tried => tried.map(|()| true),
        };
        until("a visit of the portal", ANSWERED_WITHIN, is_done).await
    }

    async fn try_visit(&mut self, begun: &mut Option<(NotificationId, Deed)>) -> anyhow::Result<()> {
        self.sign_in().await?;
        let (id, deed) = match *begun {
            Some(begun) => begun,
            None => {
                let waiting = self.page()?.values("/notices/", "/answer");
                if waiting.is_empty() {
                    return Ok(());
                }
                let id = waiting[self.random.below(waiting.len())].parse().context("a notice's id")?;
                let deed = [Deed::Open, Deed::Acknowledge, Deed::Acknowledge, Deed::NotHere];
                *begun.insert((id, deed[self.random.below(deed.len())]))
            }
        };
        self.act(id, deed).await?;
        self.acted.deeds.insert(id, deed);
        Ok(())
    }

    /// Shows the list of what waits, by a link and a code where the browser is not known.
    async fn sign_in(&mut self) -> anyhow::Result<()> {
        let mut links = self.links();
        while !links.is_empty() {
            let link = links.swap_remove(self.random.below(links.len()));
            let page = match &mut self.browser {
                Some(page) => page,
                empty => empty.insert(Visitor::new(&link)?),
            };
            match page.get(&link).await {
                Err(error) if refused(&error) == Some(410) => drop(self.ended.insert(link)),
                Err(error) => return Err(error),
                Ok(()) if page.has_form("/n/") => return self.enter_code().await,
                Ok(()) => {
                    page.get("/notices").await?;
                    return self.say_who().await;
                }
            }
        }
        bail!("every link has ended")
    }

    async fn enter_code(&mut self) -> anyhow::Result<()> {
        let before = self.sink.count();
        self.acted.codes += 1;
        self.page()?.send("/n/", &[]).await?;
        let sink = self.sink.clone();
        let code = letters::next_code(&sink, before, Workload::LEAD, CODE_WITHIN).await?;
        if let Some(code) = code {
            self.page()?.send("/code", &[("code", &code)]).await?;
            return self.say_who().await;
        }
        Err(Refused(503).into())
    }

    async fn say_who(&mut self) -> anyhow::Result<()> {
        let page = self.page()?;
        if page.has_form("/reader") {
            page.send("/reader", &[("name", "Wendy Jellicoe"), ("role", "Lead")]).await?;
        }
        ensure!(page.path == "/notices", "signing in led to {}", page.path);
        Ok(())
    }

    /// Does it, unless an earlier try has, whose answer was lost.
    async fn act(&mut self, id: NotificationId, deed: Deed) -> anyhow::Result<()> {
        let (page, place) = (self.page()?, format!("/notices/{id}"));
        let answer = format!("{place}/answer");
        if page.has_form(&answer) {
            let said = if deed == Deed::NotHere { "no" } else { "yes" };
            page.send(&answer, &[(&format!("with_you_{id}"), said)]).await?;
        } else {
            page.get(&place).await?;
        }
        let acknowledgement = format!("{place}/acknowledgement");
        if deed == Deed::Acknowledge && page.has_form(&acknowledgement) {
            page.send(&acknowledgement, &[]).await?;
        }
        let words = match deed {
            Deed::Acknowledge => "What to do next",
            Deed::NotHere => "this notification is closed for you",
            Deed::Open | Deed::Close => "I have it",
        };
        ensure!(page.page.contains(words), "after {deed:?} {} does not say {words:?}", page.path);
        Ok(())
    }

    fn page(&mut self) -> anyhow::Result<&mut Visitor> {
        self.browser.as_mut().context("no page was opened")
    }

    /// The links in the mails that came, but those that have ended.
    fn links(&self) -> Vec<String> {
        let mails = self.sink.mails();
        let to_lead = mails.iter().filter(|mail| mail.to == [Workload::LEAD]);
        let links = to_lead.filter_map(|mail| letters::link(mail, "/n/").ok());
        links.filter(|link| !self.ended.contains(link)).collect()
    }
}

fn refused(error: &anyhow::Error) -> Option<u16> {
    error.downcast_ref::<Refused>().map(|refused| refused.0)
}

/// Whether nobody answered, or somebody who can't for the moment, or who does not take an older code any more.
fn is_away(error: &anyhow::Error) -> bool {
    error.is::<reqwest::Error>() || matches!(refused(error), Some(503 | 422))
}
