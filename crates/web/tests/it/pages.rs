//! The shell, the parts and the assets.

use askama::Template;
use axum::Router;
use encompass_web::form::{
    Button, ButtonKind, Choice, ErrorSummary, Hidden, InputKind, Options, Select, TextArea, TextInput,
};
use encompass_web::page::{
    Account, Banner, Column, Link, Pagination, Row, SummaryList, Table, Tag, TagColour, TimeLeft, Warning,
};
use encompass_web::peer::Transport;
use encompass_web::{App, Html, Page};
use jiff::Timestamp;

use crate::{ask, get, metrics};

/// One of everything, as a service's own template would put it together.
#[derive(Template)]
#[template(
    source = "{{ banner }}{{ errors }}<h1 class=\"govuk-heading-l\">Held children</h1>{{ warning }}{{ table }}{{ pages }}{{ facts }}\
              <form method=\"post\">{{ token }}{{ name }}{{ code }}{{ with_you }}{{ reasons }}{{ kind }}{{ remark }}\
              <div class=\"govuk-button-group\">{{ save }}{{ later }}{{ erase }}</div></form>",
    ext = "html"
)]
struct Sample<'a> {
    banner: Banner<'a>,
    errors: ErrorSummary<'a>,
    warning: Warning<'a>,
    table: Table<'a>,
    pages: Pagination<'a>,
    facts: SummaryList<'a>,
    token: Hidden<'a>,
    name: TextInput<'a>,
    code: TextInput<'a>,
    with_you: Options<'a>,
    reasons: Options<'a>,
    kind: Select<'a>,
    remark: TextArea<'a>,
    save: Button<'a>,
    later: Button<'a>,
    erase: Button<'a>,
}

const COLUMNS: [Column; 5] = [
    Column::text("Case"),
    Column::text("Setting"),
    Column::text("Why held"),
    Column::figures("Earlier incidents"),
    Column::text("Time left"),
];

const YES_NO: [Choice; 2] = [Choice::new("yes", "Yes"), Choice::new("no", "No, or they have left")];

const REASONS: [Choice; 2] = [
    Choice {
        hint: Some("It may be a brother or sister."),
        chosen: true,
        ..Choice::new("twin", "Two children of one name")
    },
    Choice::new("old", "The register is old"),
];

fn row(case: &str, minutes: i64, colour: TagColour, why: &str) -> Vec<Html> {
    let now = Timestamp::from_second(1_700_000_000).unwrap();
    let due = Timestamp::from_second(1_700_000_000 + minutes * 60).unwrap();
    vec![
        Html::text(case),
        Html::text("Not found yet"),
        Html::of(&Tag { text: why, colour }),
        Html::text(3),
        Html::of(&TimeLeft::until(due, now)),
    ]
}

fn sample() -> Sample<'static> {
    let rows = vec![
        row("HX/2231/26", -12, TagColour::Red, "Two schools"),
        row("HX/2240/26", 42, TagColour::Orange, "No match"),
        row("HX/2245/26", 185, TagColour::Blue, "Twin"),
        row("HX/2251/26", 900, TagColour::Grey, "Old register"),
    ];
    Sample {
        banner: Banner { success: true, text: "The child was assigned to Larkfield Primary School." },
        errors: ErrorSummary {
            errors: vec![("reader", "Enter your name"), ("with_you", "Say whether the child is with you")],
        },
        warning: Warning {
            text: "Do not speak to the parents before the desk has told you that it is safe.",
        },
        table: Table::new("Ordered by time left", &COLUMNS, rows).stacked(),
        pages: Pagination { previous: Some("/held?page=1"), next: Some("/held?page=3") },
        facts: SummaryList {
            rows: vec![
                Row::text("Police reference", "HX/2231/26"),
                Row { action: Some(("Change", "/contact/7")), ..Row::text("Contact", "Safeguarding lead") },
            ],
        },
        token: Hidden::token(b"secret", "sample"),
        name: TextInput::new("reader", "Your name", InputKind::Text)
            .autocomplete("name")
            .hint("We record who has read this.")
            .error(Some("Enter your name")),
        code: TextInput::new("code", "Code from your e-mail", InputKind::Code).hint("Six digits"),
        with_you: Options::one_of("with_you", "Is this child with you?", &YES_NO)
            .error(Some("Say whether the child is with you")),
        reasons: Options::any_of("reasons", "Why does it need a person?", &REASONS),
        kind: Select { id: "kind", label: "Kind of setting", choices: &YES_NO, hint: None, error: None },
        remark: TextArea { id: "remark", label: "Remark", rows: 3, value: "", hint: None, error: None },
        save: Button::new("Save and continue", ButtonKind::Main),
        later: Button::new("Not now", ButtonKind::Secondary).sends("then", "later"),
        erase: Button::new("Close the case", ButtonKind::Warning),
    }
}

const MENU: [Link; 3] = [
    Link { href: "/held", text: "Held children", current: true },
    Link { href: "/tasks", text: "Tasks", current: false },
    Link { href: "/contacts", text: "Contacts", current: false },
];

const FOOT: [Link; 2] = [
    Link { href: "/about", text: "What is this?", current: false },
    Link { href: "/accessibility", text: "Accessibility", current: false },
];

fn whole() -> Html {
    Page::new("Held children")
        .failed(true)
        .wide()
        .home("/")
        .back("/tasks")
        .navigation(&MENU)
        .footer(&FOOT)
        .account(Account {
            name: "A. Desk",
            sign_out: "/sign-out",
            token: Hidden::token(b"secret", "sign out"),
        })
        .show(&sample())
}

/// Every value between `start` and the next `"`.
fn values<'a>(text: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(start).skip(1).filter_map(|rest| rest.split('"').next())
}

#[test]
fn a_page_with_one_of_everything_is_well_formed_for_readers() {
    let page = whole().to_string();
    assert!(page.contains("<html lang=\"en\""));
    assert!(page.contains("<title>Error: Held children – Operation Encompass notifications</title>"));
    assert!(page.contains("<a href=\"#main-content\" class=\"govuk-skip-link\""));
    assert_eq!(page.matches("<h1").count(), 1);
    assert_eq!(page.matches("<main").count(), 1);
    let ids: Vec<&str> = values(&page, " id=\"").collect();
    let mut once = ids.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(ids.len(), once.len(), "an id stands twice: {ids:?}");
    let named =
        values(&page, " for=\"").chain(values(&page, "href=\"#")).chain(values(&page, "describedby=\""));
    for id in named.flat_map(str::split_whitespace) {
        assert!(ids.contains(&id), "{id} leads nowhere");
    }
}

#[test]
fn no_page_has_a_style_or_script_that_the_policy_would_refuse() {
    let page = whole().to_string();
    for refused in ["style=", "<style", "onclick", "javascript:", "<script>", "http://", "https://"] {
        assert!(!page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "").contains(refused), "{refused}");
    }
}

#[test]
fn every_value_is_escaped_once() {
    let evil = "<b>&\"'";
    let escaped = Html::text(evil).to_string();
    assert!(!escaped.contains(['<', '"', '\'']), "{escaped}");
    let title = Page::new(evil).around(&Html::text(evil)).to_string();
    assert_eq!(title.matches(&escaped).count(), 2);
    for part in [
        Html::of(&Tag { text: evil, colour: TagColour::Red }),
        Html::of(&TextInput::new("a", evil, InputKind::Text).value(evil).hint(evil).error(Some(evil))),
        Html::of(&TextArea { id: "a", label: evil, rows: 2, value: evil, hint: None, error: None }),
        Html::of(&SummaryList { rows: vec![Row { action: Some((evil, evil)), ..Row::text(evil, evil) }] }),
        Html::of(&Table::new(evil, &[Column::text(evil)], vec![vec![Html::text(evil)]])),
    ] {
        let text = part.to_string();
        assert!(!text.contains("<b>") && !text.contains("&amp;#") && !text.contains("&#38;#"), "{text}");
        assert!(text.contains(&escaped), "{text}");
    }
}

#[tokio::test]
async fn every_asset_that_a_page_names_is_served_for_good() {
    let app = App::pages("portal", Router::new(), &metrics()).into_router(Transport::default());
    let page = whole().to_string();
    let assets: Vec<&str> = values(&page, "=\"/assets/").collect();
    assert_eq!(assets.len(), 4);
    for name in assets {
        let answer = ask(&app, get(&format!("/assets/{name}"))).await;
        assert_eq!(answer.status.as_u16(), 200, "{name}");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        for url in answer.body.split("from \"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert_eq!(ask(&app, get(url)).await.status.as_u16(), 200, "{url}");
        }
    }
    assert_eq!(ask(&app, get("/assets/other.css")).await.header("cache-control"), "no-store");
}

#[test]
fn the_debug_form_of_a_page_shows_nothing_of_it() {
    let page = whole();
    assert_eq!(format!("{page:?}"), format!("Html({} bytes)", page.to_string().len()));
}
