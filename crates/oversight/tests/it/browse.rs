//! The desk's pages as a browser shows them, looked at by axe-core at the widths of a phone and of a desk. With
//! `PICTURES` set to a folder, a picture of each is kept there.

use encompass_testkit::{browser, or_left_out};
use serde_json::{Value, json};

use crate::world::{PASSWORD, World};

/// What a person looks at, by login.
const PAGES: &[(&str, &str, &str)] = &[
    ("ada", "held", "/held"),
    ("ada", "child", "/children/{held}"),
];

#[tokio::test]
async fn every_page_of_a_judgement_is_fit_for_all_to_use() {
    let world = World::new().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = world.router.clone().into_make_service_with_connect_info::<std::net::SocketAddr>();
    let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let pages: Vec<Value> = PAGES
        .iter()
        .map(|(login, name, path)| {
            let path = path.replace("{held}", &world.held.to_string());
            json!({"login": login, "name": name, "url": format!("{address}{path}")})
        })
        .collect();
    let input = json!({
        "signIn": format!("{address}/sign-in"), "password": PASSWORD, "pages": pages,
        "folder": std::env::var("PICTURES").ok()
    });
    let walked = browser::run("desk.mjs", &input).await;
    server.abort();
    let Some(walked) = or_left_out("browser", walked) else { return };
    for page in walked.as_array().unwrap() {
        let violations = browser::from_json(&page["violations"]).unwrap();
        assert!(violations.is_empty(), "{}: {violations:#?}", page["name"]);
        assert_eq!(page["tooWide"], json!([]), "{} fits on a phone", page["name"]);
    }
}
