//! The desk's pages as a browser shows them, looked at by axe-core at the widths of a phone and of a desk. With
//! `PICTURES` set to a folder, a picture of each is kept there.

use encompass_testkit::{browser, or_left_out};
use serde_json::{Value, json};

use crate::world::{PASSWORD, World};

/// What a person looks at, by login.
const PAGES: &[(&str, &str, &str)] = &[
    ("ada", "held", "/held"),
    ("ada", "child", "/children/{held}"),
    ("ada", "child-told", "/children/{matched}"),
    ("ada", "matching", "/matching"),
    ("rex", "matches", "/matches"),
    ("rex", "match", "/matches/{matched}"),
    ("leader", "automatic", "/matching/north/{register}"),
];

/// Two candidates are ticked, then none of them, which unticks both.
const KEYS: &[&str] = &["1", "2", "0"];

#[tokio::test]
async fn every_page_of_a_judgement_is_fit_for_all_to_use() {
    let world = World::new().await;
    prepare(&world).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = world.router.clone().into_make_service_with_connect_info::<std::net::SocketAddr>();
    let mut server = tokio::task::JoinSet::new();
    server.spawn(async move { axum::serve(listener, router).await.unwrap() });
    let pages: Vec<Value> = PAGES
        .iter()
        .map(|(login, name, path)| {
            let path = path.replace("{held}", &world.held.to_string());
            let path = path.replace("{matched}", &world.matched.to_string());
            let path = path.replace("{register}", &world.registers[0].to_string());
            let keys: &[&str] = if *name == "child" { KEYS } else { &[] };
            json!({"login": login, "name": name, "url": format!("{address}{path}"), "keys": keys})
        })
        .collect();
    let input = json!({
        "signIn": format!("{address}/sign-in"), "password": PASSWORD, "pages": pages
    });
    let walked = browser::run("desk.mjs", &input).await;
    server.shutdown().await;
    let Some(walked) = or_left_out("browser", walked) else { return };
    for page in walked.as_array().unwrap() {
        let violations = browser::from_json(&page["violations"]).unwrap();
        assert!(violations.is_empty(), "{}: {violations:#?}", page["name"]);
        assert_eq!(page["tooWide"], json!([]), "{} fits on a phone", page["name"]);
        if page["name"] == "child" {
            let ticked = [
                json!(["entry", "besides"]),
                json!(["entry", "entry-2", "besides"]),
                json!(["entry-none", "besides"]),
            ];
            assert_eq!(page["ticked"], json!(ticked));
        }
    }
}

/// A question to the force, a verdict and something set by hand, so that the pages have something to show.
async fn prepare(world: &World) {
    let (ada, rex, leader) =
        (world.sign_in("ada").await, world.sign_in("rex").await, world.sign_in("leader").await);
    let child = format!("/children/{}", world.held);
    world.send(&ada, &child, &format!("{child}/ask"), &[("asked", "Which school, says the mother?")]).await;
    let other = world.store.identity().child(world.told, "c1");
    let path = format!("/matches/{other}");
    world.send(&rex, &path, &path, &[("verdict", "right")]).await;
    let path = format!("/matching/north/{}", world.registers[0]);
    let fields = [("mode", "by_hand"), ("points", "45"), ("reason", "A trial over the summer.")];
    let set = world.send(&leader, &path, &path, &fields).await;
    assert_eq!(set.location, "/matching?done=automatic-set", "{}", set.body);
}
