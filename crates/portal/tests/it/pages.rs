//! Every page, as axe-core sees it at the widths of a phone and of a desk.

use std::net::Ipv4Addr;

use axum::Router;
use axum::extract::Path;
use axum::response::Html;
use axum::routing::get;
use encompass_core::state::{Channel, DeliveryKind};
use encompass_testkit::{browser, or_left_out};
use encompass_web::App;
use encompass_web::metrics::HttpMetrics;
use encompass_web::peer::Transport;
use prometheus::Registry;
use serde_json::json;

use crate::made_up::{NORTH, POSY, WILFRED, contact};
use crate::place::Place;

/// One of each page, by name.
async fn pages() -> Vec<(&'static str, String)> {
    let place = Place::open().await;
    let mut pages = verification(&place).await;
    let link = place.link(place.lead).await;
    let mut browser = place.browser();
    pages.push(("link", browser.get(&link).await.to_owned()));
    pages.push(("ended", place.browser().get("/n/x").await.to_owned()));
    pages.push(("code", browser.submit(&link, &[]).await.to_owned()));
    let code = place.code().await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    pages.push(("wrong-code", browser.submit("/code", &[("code", wrong)]).await.to_owned()));
    pages.push(("reader", browser.submit("/code", &[("code", &code)]).await.to_owned()));
    pages.push(("nobody", browser.submit("/reader", &[]).await.to_owned()));
    let named = [("name", "Isolde Marwick"), ("role", "Deputy lead")];
    pages.push(("list", browser.submit("/reader", &named).await.to_owned()));
    let (wilfred, posy) =
        (place.notification(WILFRED, &place.school), place.notification(POSY, &place.school));
    let answer = |id| (format!("/notices/{id}/answer"), format!("with_you_{id}"));
    pages.push(("unanswered", browser.submit(&answer(posy).0, &[]).await.to_owned()));
    let (to, field) = answer(wilfred);
    pages.push(("notice", browser.submit(&to, &[(&field, "yes")]).await.to_owned()));
    let acknowledgement = format!("/notices/{wilfred}/acknowledgement");
    pages.push(("acknowledged", browser.submit(&acknowledgement, &[]).await.to_owned()));
    pages.push(("list-later", browser.get("/notices").await.to_owned()));
    let (to, field) = answer(posy);
    pages.push(("not-here", browser.submit(&to, &[(&field, "no")]).await.to_owned()));
    pages.push(("link-later", browser.get(&link).await.to_owned()));
    pages
}

async fn verification(place: &Place) -> Vec<(&'static str, String)> {
    let new = contact(&place.store, &place.school, Channel::Email, "new@millbrook.example", &[NORTH]).await;
    let mut tx = place.store.begin().await.unwrap();
    tx.send_verification(new, NORTH, place.machine.now(), place.domain.now()).await.unwrap();
    tx.commit().await.unwrap();
    let body = place.claim(DeliveryKind::Verification).await.pop().unwrap().body.unwrap();
    let link = format!("/verify/{}", body.token.clone().unwrap());
    let mut browser = place.browser();
    let form = browser.get(&link).await.to_owned();
    let confirmed = browser.submit(&link, &[("code", body.code.as_deref().unwrap())]).await.to_owned();
    vec![("verify", form), ("confirmed", confirmed)]
}

#[tokio::test]
async fn axe_finds_no_fault_in_any_page() {
    let pages = pages().await;
    let names: Vec<_> = pages.iter().map(|(name, _)| *name).collect();
    let saved = move |Path(name): Path<String>| {
        let page = pages.iter().find(|(known, _)| *known == name).map(|(_, page)| page.clone());
        async move { Html(page.unwrap_or_default()) }
    };
    let routes = Router::new().route("/saved/{name}", get(saved));
    let app = App::pages("saved", routes, &HttpMetrics::register(&Registry::new()).unwrap());
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(async move { axum::serve(listener, app.into_router(Transport::default())).await });
    let urls: Vec<_> = names.iter().map(|name| format!("http://{address}/saved/{name}")).collect();
    let found = browser::run("axe-all.mjs", &json!({ "urls": urls })).await;
    let Some(found) = or_left_out("chromium", found) else { return };
    for url in urls {
        assert_eq!(found[&url], json!([]), "{url}");
    }
}
