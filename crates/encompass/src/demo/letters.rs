//! The mail catcher's pages: every letter, newest first, and one letter with its links.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use encompass_web::page::{Row, SummaryList};
use encompass_web::{App, Listener, Page, page};

use super::Demo;
use super::catcher::{Catcher, Letter};

/// Letters on the first page.
const SHOWN_MAX: usize = 200;

impl Demo {
    /// Serves the letters on a port of their own.
    pub(super) async fn serve_letters(&mut self) -> anyhow::Result<()> {
        let address = std::net::SocketAddr::from(([127, 0, 0, 1], self.ports.letters));
        let bound = Listener::new(address).bind().await?;
        let app = App::pages("letters", routes(self.catcher.clone()), self.node.http());
        let stop = self.stop.clone();
        self.running.spawn(async move { Ok(bound.serve(app, stop).await?) });
        Ok(())
    }
}

fn routes(catcher: Catcher) -> Router {
    Router::new().route("/", get(list)).route("/letters/{number}", get(show)).with_state(catcher)
}

#[derive(Template)]
#[template(path = "demo/letters.html")]
struct List {
    letters: Vec<Letter>,
    count: usize,
}

async fn list(State(catcher): State<Catcher>) -> Response {
    let mut letters = catcher.letters();
    letters.truncate(SHOWN_MAX);
    let list = List { letters, count: catcher.count() };
    Page::new("Letters").home("/").wide().show(&list).into_response()
}

#[derive(Template)]
#[template(path = "demo/letter.html")]
struct Shown<'a> {
    subject: &'a str,
    facts: SummaryList<'a>,
    parts: Vec<Part<'a>>,
}

/// A piece of a letter's text.
enum Part<'a> {
    Text(&'a str),
    Link(&'a str),
}

async fn show(State(catcher): State<Catcher>, Path(number): Path<usize>) -> Response {
    let Some(letter) = catcher.letter(number) else { return page::error(StatusCode::NOT_FOUND) };
    let shown = Shown {
        subject: &letter.subject,
        facts: SummaryList { rows: vec![Row::text("To", &letter.to), Row::text("Letter", letter.number)] },
        parts: parts(&letter.text),
    };
    Page::new("A letter").home("/").back("/").show(&shown).into_response()
}

/// The text with its links apart, in order.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("http://") {
        let (before, link) = rest.split_at(at);
        let end = link.find(char::is_whitespace).unwrap_or(link.len());
        let (link, after) = link.split_at(end);
        parts.extend([Part::Text(before), Part::Link(link)]);
        rest = after;
    }
    parts.push(Part::Text(rest));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_stand_apart_and_nothing_is_lost() {
        for text in ["", "no link", "Open http://127.0.0.1:1/n/x\r\nthen", "http://a/ and http://b/"] {
            let all: String = parts(text)
                .iter()
                .map(|part| match part {
                    Part::Text(text) | Part::Link(text) => *text,
                })
                .collect();
            assert_eq!(all, text);
        }
        let links =
            parts("a http://b/c d").iter().filter(|part| matches!(part, Part::Link("http://b/c"))).count();
        assert_eq!(links, 1);
    }
}
