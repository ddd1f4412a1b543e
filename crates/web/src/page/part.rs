//! Parts of pages, after the components of govuk-frontend.

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;

use super::Html;

/// One row of a summary list.
pub struct Row<'a> {
    /// What it is about.
    pub key: &'a str,
    /// What there is to say.
    pub value: Html,
    /// Text and address of a link that changes it.
    pub action: Option<(&'a str, &'a str)>,
}

impl<'a> Row<'a> {
    /// A row of plain text without a link.
    pub fn text(key: &'a str, value: impl fmt::Display) -> Self {
        Self { key, value: Html::text(value), action: None }
    }
}

/// Facts about one thing, one below the other.
#[derive(Template)]
#[template(path = "part/summary_list.html")]
pub struct SummaryList<'a> {
    /// In the order shown.
    pub rows: Vec<Row<'a>>,
}

impl SummaryList<'_> {
    fn has_actions(&self) -> bool {
        self.rows.iter().any(|row| row.action.is_some())
    }
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// Its heading.
    pub name: &'a str,
    /// Whether it holds figures, which are set to the right.
    pub numeric: bool,
}

impl<'a> Column<'a> {
    /// A column of text.
    pub const fn text(name: &'a str) -> Self {
        Self { name, numeric: false }
    }

    /// A column of figures.
    pub const fn figures(name: &'a str) -> Self {
        Self { name, numeric: true }
    }
}

/// A table, whose first column names its rows.
#[derive(Template)]
#[template(path = "part/table.html")]
pub struct Table<'a> {
    caption: &'a str,
    caption_hidden: bool,
    stacked: bool,
    columns: &'a [Column<'a>],
    rows: Vec<Vec<Html>>,
}

impl<'a> Table<'a> {
    /// A table; every row has to have as many cells as there are columns, longer ones are cut.
    pub fn new(caption: &'a str, columns: &'a [Column<'a>], mut rows: Vec<Vec<Html>>) -> Self {
        rows.iter_mut().for_each(|row| row.truncate(columns.len()));
        Self { caption, caption_hidden: false, stacked: false, columns, rows }
    }

    /// Leaves the caption to screen readers, where a heading says the same.
    pub fn caption_hidden(self) -> Self {
        Self { caption_hidden: true, ..self }
    }

    /// On a phone shows each row as a block instead of scrolling sideways: for tables that people work through.
    pub fn stacked(self) -> Self {
        Self { stacked: true, ..self }
    }
}

/// The colour of a tag; it only repeats what the text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagColour {
    /// Nothing to do.
    Grey,
    /// Under way.
    Blue,
    /// Done.
    Green,
    /// Soon.
    Orange,
    /// Now or late.
    Red,
}

/// A state in one or two words.
#[derive(Template)]
#[template(path = "part/tag.html")]
pub struct Tag<'a> {
    /// The state.
    pub text: &'a str,
    /// How it stands out.
    pub colour: TagColour,
}

impl Tag<'_> {
    fn class(&self) -> &'static str {
        match self.colour {
            TagColour::Grey => " govuk-tag--grey",
            TagColour::Blue => " govuk-tag--blue",
            TagColour::Green => " govuk-tag--green",
            TagColour::Orange => " govuk-tag--orange",
            TagColour::Red => " govuk-tag--red",
        }
    }
}

/// What happens if the reader does, or does not, do something.
#[derive(Template)]
#[template(path = "part/warning.html")]
pub struct Warning<'a> {
    /// The sentence.
    pub text: &'a str,
}

/// News about the whole page, once, above its heading.
#[derive(Template)]
#[template(path = "part/banner.html")]
pub struct Banner<'a> {
    /// Whether it says that what the reader did has worked.
    pub success: bool,
    /// The sentence.
    pub text: &'a str,
}

/// The way to the pages before and after; nothing where there are none.
#[derive(Template)]
#[template(path = "part/pagination.html")]
pub struct Pagination<'a> {
    /// The page before.
    pub previous: Option<&'a str>,
    /// The page after.
    pub next: Option<&'a str>,
}

impl HtmlSafe for SummaryList<'_> {}
impl HtmlSafe for Table<'_> {}
impl HtmlSafe for Tag<'_> {}
impl HtmlSafe for Warning<'_> {}
impl HtmlSafe for Banner<'_> {}
impl HtmlSafe for Pagination<'_> {}
