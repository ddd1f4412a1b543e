//! Parts that several pages of the portal share.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use encompass_core::calendar::london;
use encompass_web::Page;
use jiff::Timestamp;

use crate::session::Reading;

/// A force's desk: whom a setting telephones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Desk {
    pub(crate) force: String,
    pub(crate) telephone: Option<String>,
}

impl Desk {
    /// The number as a telephone takes it.
    fn dialled(&self) -> String {
        let number = self.telephone.as_deref().unwrap_or_default();
        number.chars().filter(|letter| letter.is_ascii_digit() || *letter == '+').collect()
    }
}

/// Whom to telephone, on every page.
#[derive(Template)]
#[template(path = "desks.html")]
pub(crate) struct Desks<'a>(pub(crate) &'a [Desk]);

impl HtmlSafe for Desks<'_> {}

/// How to treat what is shown.
#[derive(Template)]
#[template(path = "handling.html")]
pub(crate) struct Handling<'a>(pub(crate) &'a str);

impl HtmlSafe for Handling<'_> {}

/// A page that only says something, and leads on.
#[derive(Template)]
#[template(path = "message.html")]
pub(crate) struct Message<'a> {
    pub(crate) title: &'a str,
    pub(crate) texts: &'a [&'a str],
    pub(crate) onward: Option<(&'a str, &'a str)>,
    pub(crate) desks: &'a [Desk],
}

impl Message<'_> {
    /// For somebody who has not signed in.
    pub(crate) fn answer(&self, status: StatusCode) -> Response {
        (status, Page::new(self.title).show(self)).into_response()
    }

    /// For a reader, with the way out.
    pub(crate) fn answer_to(&self, reading: &Reading, status: StatusCode) -> Response {
        (status, Page::new(self.title).account(reading.account()).show(self)).into_response()
    }
}

/// `08:40 on Monday 6 July`, in Europe/London.
pub(crate) fn spoken(at: Timestamp) -> String {
    london::local(at).strftime("%H:%M on %A %-d %B").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_london_time() {
        for (at, told) in [
            ("2026-07-06T07:40:00Z", "08:40 on Monday 6 July"),
            ("2026-01-05T08:40:00Z", "08:40 on Monday 5 January"),
            ("2026-07-31T23:30:00Z", "00:30 on Saturday 1 August"),
        ] {
            assert_eq!(spoken(at.parse().unwrap()), told);
        }
    }
}
