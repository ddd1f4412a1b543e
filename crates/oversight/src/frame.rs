//! What surrounds every page of staff: menu by role, who is signed in, news of what was just done.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use encompass_core::state::Role;
use encompass_web::page::{Account, Banner, Link};
use encompass_web::{Html, Page};

use crate::route::WATCHES;
use crate::staff::Staff;
use crate::words;

/// Where signing out goes.
pub(crate) const SIGN_OUT: &str = "/sign-out";

/// The menu: where it leads, what it says, and who sees it.
const MENU: &[(&str, &str, &[Role])] = &[
    ("/held", "Held children", &[Role::Desk]),
    ("/tasks", "Tasks", &[Role::Desk]),
    ("/dead-letters", "Dead letters", &[Role::Desk]),
    ("/incidents", "Incidents", &[Role::Desk]),
    ("/settings", "Settings", &[Role::Desk]),
    ("/reviews", "Quality reviews", &[Role::Reviewer]),
    ("/matches", "Match reviews", &[Role::Reviewer]),
    ("/figures", "Figures", &[Role::Leader]),
    ("/service", "Service", &[Role::Operator]),
    ("/matching", "Matching", WATCHES),
];

/// Where a member of staff begins.
pub(crate) fn home(staff: &Staff) -> &'static str {
    MENU.iter().find(|(.., roles)| staff.account.has_any(roles)).map_or("/sign-in", |(href, ..)| href)
}

/// A page that is being put together.
pub(crate) struct Frame<'a> {
    staff: &'a Staff,
    title: &'a str,
    at: &'a str,
    back: Option<&'a str>,
    done: Option<&'static str>,
    failed: bool,
    wide: bool,
}

impl<'a> Frame<'a> {
    /// A page in the part of the menu that begins with `at`. The title must hold no personal data.
    pub fn new(staff: &'a Staff, title: &'a str, at: &'a str) -> Self {
        Self { staff, title, at, back: None, done: None, failed: false, wide: false }
    }

    /// Where "Back" leads.
    pub fn back(self, href: &'a str) -> Self {
        Self { back: Some(href), ..self }
    }

    /// Tells what the reader did just now, by the word that the redirect carried.
    pub fn done(self, word: &str) -> Self {
        Self { done: words::done(word), ..self }
    }

    /// Marks the page as a form that came back with errors: it is answered as one that can't be processed.
    pub fn failed(self, failed: bool) -> Self {
        Self { failed, ..self }
    }

    /// Lets the content have the whole width.
    pub fn wide(self) -> Self {
        Self { wide: true, ..self }
    }

    /// The whole page.
    pub fn show(self, template: &impl Template) -> Response {
        let menu: Vec<Link<'_>> = MENU
            .iter()
            .filter(|(.., roles)| self.staff.account.has_any(roles))
            .map(|(href, text, _)| Link { href, text, current: *href == self.at })
            .collect();
        let account = Account {
            name: &self.staff.account.display_name,
            sign_out: SIGN_OUT,
            token: self.staff.form(SIGN_OUT),
        };
        let mut page = Page::new(self.title).failed(self.failed).home("/").navigation(&menu).account(account);
        if let Some(back) = self.back {
            page = page.back(back);
        }
        if self.wide {
            page = page.wide();
        }
        let banner = self.done.map(|text| Html::of(&Banner { success: true, text }));
        let content: Html = banner.into_iter().chain([Html::of(template)]).collect();
        let status = if self.failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        (status, page.around(&content)).into_response()
    }
}
