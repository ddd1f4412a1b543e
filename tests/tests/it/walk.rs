//! Walks through pages in headless Chromium, each page looked at by axe-core at the widths of a phone and of a desk.

use anyhow::ensure;
use encompass_testkit::browser;
use serde_json::{Value, json};

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
    /// If a step can't be done, or axe-core finds something wrong with a page.
    pub async fn walk(&mut self, steps: Value) -> anyhow::Result<Vec<Page>> {
        let walked = browser::run("walk.mjs", &json!({ "state": self.0, "steps": steps })).await?;
        self.0 = walked["state"].clone();
        let text = |page: &Value, name: &str| page[name].as_str().unwrap_or_default().to_owned();
        let mut pages = Vec::new();
        for page in walked["pages"].as_array().into_iter().flatten() {
            let violations = browser::from_json(&page["violations"])?;
            ensure!(violations.is_empty(), "{}: {violations:#?}", page["url"]);
            pages.push(Page { url: text(page, "url"), title: text(page, "title"), text: text(page, "text") });
        }
        Ok(pages)
    }
}
