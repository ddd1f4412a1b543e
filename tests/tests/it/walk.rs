//! Walks through pages in headless Chromium, each page looked at by axe-core at the widths of a phone and of a desk.

use anyhow::{Context, ensure};
use encompass_testkit::browser;
use encompass_testkit::exchange::Exchange;
use serde_json::{Value, json};

use crate::feed::PERSONAL;

/// A browser: what it remembers between walks.
#[derive(Default)]
pub struct Browser(Value);

/// A page that was shown.
pub struct Page {
    pub url: String,
    pub title: String,
    pub text: String,
}

impl Browser {
    /// Does the steps in turn, as `tests/browser/walk.mjs` knows them, and gives every page on the way.
    ///
    /// # Errors
    ///
    /// If a step can't be done, axe-core finds something wrong with a page, or others keep something personal of a visit.
    pub async fn walk(&mut self, steps: Value) -> anyhow::Result<Vec<Page>> {
        let walked = browser::run("walk.mjs", &json!({ "state": self.0, "steps": steps })).await?;
        self.0 = walked["state"].clone();
        let text = |page: &Value, name: &str| page[name].as_str().unwrap_or_default().to_owned();
        let mut pages = Vec::new();
        for page in walked["pages"].as_array().into_iter().flatten() {
            let violations = browser::from_json(&page["violations"])?;
            ensure!(violations.is_empty(), "{}: {violations:#?}", page["url"]);
            search(page)?;
            pages.push(Page { url: text(page, "url"), title: text(page, "title"), text: text(page, "text") });
        }
        Ok(pages)
    }
}

/// Searches what others keep of a page's requests and answers, and the addresses in it.
fn search(page: &Value) -> anyhow::Result<()> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (url, exchanges) = (text(&page["url"]), page["exchanges"].as_array().context("no exchanges")?);
    ensure!(!exchanges.is_empty() || !url.starts_with("http"), "{url} was shown without being asked for");
    let kept = exchanges.iter().map(|exchange| {
        let headers = exchange["headers"].as_array().into_iter().flatten();
        let headers = headers.map(|header| (text(&header[0]), text(&header[1]))).collect();
        Exchange { target: text(&exchange["url"]), headers, body: String::new() }
    });
    let shown = Exchange { target: url, headers: Vec::new(), body: text(&page["html"]) };
    let mut all = kept.chain([shown]);
    all.try_for_each(|exchange| exchange.search(|text| PERSONAL.stand_in(text)))
}
