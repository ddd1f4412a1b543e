//! A lead's visit through the real pages: link, code, reader, question, content, "I have it".

use std::collections::HashMap;

use anyhow::{Context, ensure};
use encompass_county::Reply;

use super::Demo;
use super::agenda::Visit;
use super::browser::Browser;

impl Demo {
    /// Follows the letter's link and answers for every child that waits.
    pub(super) async fn visit_by_browser(&self, visit: &Visit) -> anyhow::Result<()> {
        let replies = self.replies(visit).await?;
        let letter = self.catcher.letter(visit.letter).context("the letter is no longer kept")?;
        let link = letter.link("/n/").context("the letter has no link")?;
        let mut browser = Browser::new()?;
        let page = browser.get(link).await?;
        let Some(form) = page.form("/n/") else {
            // Its own notice was withdrawn or answered meanwhile. Another one that waits has a letter of its own.
            ensure!(page.is_gone() || replies.is_empty(), "a link offers no code although a notice waits");
            return Ok(());
        };
        let before = self.catcher.count();
        let page = browser.send(form, &[]).await?;
        self.node.notifier.step().await?;
        let code = self.catcher.after(before).into_iter().find(|one| one.to == letter.to);
        let code = code.as_ref().and_then(|letter| letter.code()).context("no code reached the lead")?;
        let form = page.form("/code").context("no page asks for the code")?;
        let page = browser.send(form, &[("code", code)]).await?;
        let form = page.form("/reader").context("the right code was not taken")?;
        let reader = [("name", "Simulated reader"), ("role", "Safeguarding lead")];
        let mut page = browser.send(form, &reader).await?;
        for (id, reply) in replies {
            let place = format!("/notices/{id}/answer");
            let Some(form) = page.form(&place) else { continue };
            let field = format!("with_you_{id}");
            let said = match reply {
                Reply::Acknowledges | Reply::Nothing => "yes",
                Reply::NotWithUs => "no",
                Reply::Left => "left",
            };
            let answered = browser.send(form, &[(&field, said)]).await?;
            if reply == Reply::Acknowledges {
                let form =
                    answered.form("/acknowledgement").context("what was opened can't be acknowledged")?;
                browser.send(form, &[]).await?;
            }
            page = browser.get(&format!("http://127.0.0.1:{}/notices", self.ports.portal)).await?;
        }
        Ok(())
    }

    /// What the lead will say of each notice.
    async fn replies(&self, visit: &Visit) -> anyhow::Result<HashMap<String, Reply>> {
        let mut tx = self.node.store.begin().await?;
        let notices = tx.notices_of(visit.contact, self.node.clock.now()).await?;
        let reply = |notice| Some((self.reply(visit, notice)?.0, notice.notification.id.to_string()));
        Ok(notices.iter().filter_map(reply).map(|(reply, id)| (id, reply)).collect())
    }
}
