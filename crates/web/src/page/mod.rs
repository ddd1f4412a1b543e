//! Pages: the shell that all of them share, the errors, and the parts they are made of.
//!
//! Templates can't reach across crates, so a service renders its own template and hands it to [`Page::around`]. The parts and the form
//! fields are templates here; each writes itself with `{{ part }}` in a service's template, escaped already.

mod part;
mod time_left;

pub use part::{Banner, Column, Pagination, Row, SummaryList, Table, Tag, TagColour, Warning};
pub use time_left::TimeLeft;

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::assets;
use crate::form::Hidden;

/// The name of the service on every page.
pub const SERVICE: &str = "Operation Encompass notifications";

/// Text that is HTML already, every value in it escaped by a template.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// What a template writes; the template's file has to end in `.html`, so that it escapes.
    ///
    /// # Panics
    /// When a value's own `Display` fails, which none of ours does.
    pub fn of(template: &impl Template) -> Self {
        Self(template.render().expect("no value shown on a page fails to write itself"))
    }

    /// Plain text, escaped.
    pub fn text(text: impl fmt::Display) -> Self {
        Self::of(&PlainText { text })
    }
}

#[derive(Template)]
#[template(source = "{{ text }}", ext = "html")]
struct PlainText<T: fmt::Display> {
    text: T,
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

impl FromIterator<Html> for Html {
    fn from_iter<I: IntoIterator<Item = Html>>(parts: I) -> Self {
        Self(parts.into_iter().map(|part| part.0).collect())
    }
}

impl fmt::Debug for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Html({} bytes)", self.0.len())
    }
}

impl IntoResponse for Html {
    fn into_response(self) -> Response {
        axum::response::Html(self.0).into_response()
    }
}

/// A link of the menu or the footer.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    /// Where it leads.
    pub href: &'a str,
    /// What it says.
    pub text: &'a str,
    /// Whether the reader is there now.
    pub current: bool,
}

/// Who is signed in, with the way out.
pub struct Account<'a> {
    /// The name they signed in by.
    pub name: &'a str,
    /// Where the sign-out form goes.
    pub sign_out: &'a str,
    /// That form's token.
    pub token: Hidden<'a>,
}

/// What surrounds the content of a page.
pub struct Page<'a> {
    title: &'a str,
    failed: bool,
    wide: bool,
    home: Option<&'a str>,
    back: Option<&'a str>,
    navigation: &'a [Link<'a>],
    footer: &'a [Link<'a>],
    account: Option<Account<'a>>,
}

impl<'a> Page<'a> {
    /// A page with this title, which must hold no personal data: browsers keep titles in their history.
    pub fn new(title: &'a str) -> Self {
        Self {
            title,
            failed: false,
            wide: false,
            home: None,
            back: None,
            navigation: &[],
            footer: &[],
            account: None,
        }
    }

    /// Marks the title with "Error:" when its form came back with errors, which screen readers read first.
    pub fn failed(self, failed: bool) -> Self {
        Self { failed, ..self }
    }

    /// Lets the content have the whole width, for tables; else it keeps to lines of readable length.
    pub fn wide(self) -> Self {
        Self { wide: true, ..self }
    }

    /// Where the service's name leads.
    pub fn home(self, href: &'a str) -> Self {
        Self { home: Some(href), ..self }
    }

    /// Where "Back" leads.
    pub fn back(self, href: &'a str) -> Self {
        Self { back: Some(href), ..self }
    }

    /// The menu.
    pub fn navigation(self, navigation: &'a [Link<'a>]) -> Self {
        Self { navigation, ..self }
    }

    /// Links at the foot, such as "What is this?" and "Accessibility".
    pub fn footer(self, footer: &'a [Link<'a>]) -> Self {
        Self { footer, ..self }
    }

    /// Shows who is signed in.
    pub fn account(self, account: Account<'a>) -> Self {
        Self { account: Some(account), ..self }
    }

    /// The whole page around `content`.
    pub fn around(&self, content: &Html) -> Html {
        Html::of(&Shell { page: self, service: SERVICE, content })
    }

    /// The whole page around what `template` writes.
    pub fn show(&self, template: &impl Template) -> Html {
        self.around(&Html::of(template))
    }
}

#[derive(Template)]
#[template(path = "shell.html")]
struct Shell<'a> {
    page: &'a Page<'a>,
    service: &'a str,
    content: &'a Html,
}

impl Shell<'_> {
    fn asset(&self, name: &str) -> &'static str {
        assets::url(name)
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    title: &'a str,
    advice: &'a [&'a str],
}

/// The page for an error that the service wrote none for.
pub fn error(status: StatusCode) -> Response {
    let (title, advice) = words(status);
    (status, Page::new(title).show(&ErrorPage { title, advice })).into_response()
}

/// 403 for a form that is not ours or whose session has ended; nothing was changed.
pub fn stale_form() -> Response {
    let title = "This form is no longer valid";
    let advice = &[
        "Nothing has been saved. This happens when you have signed out, when a page was left open for a long time, or when the form came \
         from another website.",
        "Go back, load the page again and fill in the form once more. If that does not help, start again from the link in your e-mail or \
         from the sign-in page.",
    ];
    (StatusCode::FORBIDDEN, Page::new(title).show(&ErrorPage { title, advice })).into_response()
}

fn words(status: StatusCode) -> (&'static str, &'static [&'static str]) {
    match status {
        StatusCode::UNAUTHORIZED => ("Sign in first", &["Sign in, then open the page again."]),
        StatusCode::FORBIDDEN => (
            "You can’t see this page",
            &[
                "Your account may not see or do this, or your connection is not encrypted. If you need it for your work, ask the person who manages accounts.",
            ],
        ),
        StatusCode::NOT_FOUND => (
            "Page not found",
            &[
                "If you typed the address, check that it is correct. If you followed a link, it may have expired.",
                "If a child may be at risk and you can’t reach what you were sent, call the police on 101, or 999 in an emergency.",
            ],
        ),
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("What you sent is too long", &["Nothing has been saved. Go back and shorten your text."])
        }
        StatusCode::TOO_MANY_REQUESTS => ("Too many tries", &["Wait a few minutes, then try again."]),
        StatusCode::SERVICE_UNAVAILABLE => (
            "Sorry, the service is busy",
            &[
                "Try again in a few seconds. If it stays like this, call the telephone number in the e-mail that brought you here.",
            ],
        ),
        status if status.is_client_error() => (
            "Sorry, this could not be read",
            &["Nothing has been saved. Go back, load the page again and try once more."],
        ),
        _ => (
            "Sorry, there is a problem with the service",
            &[
                "The fault is ours and has been recorded. Try again. If it stays like this, call the telephone number in the e-mail that brought you here.",
            ],
        ),
    }
}
