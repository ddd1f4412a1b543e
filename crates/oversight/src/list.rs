//! What lists have in common: their pages, their rows, and the links in them.

use askama::Template;
use encompass_web::Html;
use encompass_web::page::{Column, Pagination, Table, Tag};
use serde::Deserialize;

/// What a list's address may carry.
#[derive(Deserialize)]
pub(crate) struct Asked {
    /// The page, from 1.
    #[serde(default)]
    page: Option<u32>,
    /// What was just done.
    #[serde(default)]
    pub done: Option<String>,
    /// What is looked for in the directory.
    #[serde(default)]
    pub q: Option<String>,
}

/// No list is walked further than this by hand.
const PAGES_MAX: u32 = 2_000;

impl Asked {
    /// The page, from 0.
    pub fn page(&self) -> u32 {
        self.page.unwrap_or(1).clamp(1, PAGES_MAX) - 1
    }

    pub fn done(&self) -> &str {
        self.done.as_deref().unwrap_or("")
    }
}

/// The addresses of the pages before and after.
pub(crate) struct Around {
    pub previous: Option<String>,
    pub next: Option<String>,
}

impl Around {
    pub fn of(path: &str, page: u32, has_next: bool) -> Self {
        let link = |page: u32| format!("{path}?page={}", page + 1);
        Self { previous: page.checked_sub(1).map(link), next: has_next.then(|| link(page + 1)) }
    }

    pub fn pagination(&self) -> Pagination<'_> {
        Pagination { previous: self.previous.as_deref(), next: self.next.as_deref() }
    }
}

/// A link to what a row is about.
#[derive(Template)]
#[template(
    source = r#"<a class="govuk-link" href="{{ href }}">{{ text }}</a>{% for tag in tags %} {{ tag }}{% endfor %}"#,
    ext = "html"
)]
pub(crate) struct Linked<'a> {
    pub href: String,
    pub text: String,
    pub tags: Vec<Tag<'a>>,
}

/// A link without a tag.
pub(crate) fn link(href: String, text: impl Into<String>) -> Html {
    Html::of(&Linked { href, text: text.into(), tags: Vec::new() })
}

/// A table to work through; none where there is no row.
pub(crate) fn table<'a>(
    caption: &'a str,
    columns: &'a [Column<'a>],
    rows: impl IntoIterator<Item = Vec<Html>>,
) -> Option<Table<'a>> {
    let rows: Vec<_> = rows.into_iter().collect();
    (!rows.is_empty()).then(|| Table::new(caption, columns, rows).stacked())
}
