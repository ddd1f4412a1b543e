//! Forms: their fields, their limits, their tokens.

use axum::Router;
use axum::http::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::post as on_post;
use encompass_web::App;
use encompass_web::form::{Fields, csrf};
use encompass_web::peer::Transport;

use crate::{ask, metrics, post};

const FORM: &str = "application/x-www-form-urlencoded";

async fn save(fields: Fields) -> Response {
    match fields.verify(b"the session's secret", "save") {
        Ok(()) => format!("{}|{}", fields.one("name"), fields.every("tick").collect::<Vec<_>>().join(","))
            .into_response(),
        Err(forged) => forged.into_response(),
    }
}

fn app() -> Router {
    let routes = Router::new().route("/save", on_post(save));
    App::pages("desk", routes, &metrics()).into_router(Transport::default())
}

fn good() -> String {
    csrf::token(b"the session's secret", "save")
}

#[tokio::test]
async fn a_form_with_its_token_is_read_in_order() {
    let body = format!("form_token={}&name=+a%20b+&tick=1&tick=2&name=second", good());
    let answer = ask(&app(), post("/save", FORM, body)).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, "a b|1,2"));
}

#[tokio::test]
async fn a_form_without_its_token_or_from_another_site_changes_nothing_and_says_what_to_do() {
    let other = csrf::token(b"the session's secret", "delete");
    for (token, site) in [
        (String::new(), "same-origin"),
        (other, "same-origin"),
        (good(), "cross-site"),
        (good(), "same-site"),
    ] {
        let request = Request::post("/save")
            .header("content-type", FORM)
            .header("sec-fetch-site", site)
            .body(format!("form_token={token}&name=x").into())
            .unwrap();
        let answer = ask(&app(), request).await;
        assert_eq!(answer.status.as_u16(), 403, "{site}");
        assert!(answer.body.contains("Nothing has been saved"), "{site}");
    }
}

#[tokio::test]
async fn more_fields_or_longer_ones_than_any_form_has_are_refused() {
    let many = "a=1&".repeat(201);
    let long = format!("a={}", "x".repeat(10_001));
    for body in [many, long] {
        assert_eq!(ask(&app(), post("/save", FORM, body)).await.status.as_u16(), 413);
    }
}

#[test]
fn fields_show_no_value_when_debugged() {
    let fields = Fields::from(vec![("name".to_owned(), "Rosalind".to_owned())]);
    assert_eq!(format!("{fields:?}"), "Fields(1 fields)");
}
