//! Every template, as shipped.

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn shipped() -> Templates {
    Templates::load(None).expect("the shipped templates are sound")
}

const LINK: &str = "https://notices.exampleshire.police.example/n/q8Zr2mYt0bX1nKc5vJw7Lg";

fn letters() -> Vec<Message> {
    let templates = shipped();
    let (force, telephone) = ("Exampleshire and West Midshire Joint Constabulary", "01632 960000");
    let due_at = at("2026-09-23T07:40:00Z");
    let notice = Notice { force, link: LINK, count: 12, due_at, telephone };
    let code = Code { code: "123456", telephone };
    let verification = Verification { force, link: LINK, code: "123456", expires_at: due_at, telephone };
    let alert = TaskAlert {
        kind: "telephone a setting that has not acknowledged",
        due_at,
        at: at("2026-09-20T22:35:00Z"),
        link: LINK,
        second: false,
    };
    vec![
        templates.notice(&notice).expect("renders"),
        templates.code(&code).expect("renders"),
        templates.verification(&verification).expect("renders"),
        templates.task_alert(&alert).expect("renders"),
        templates.task_alert(&TaskAlert { second: true, ..alert }).expect("renders"),
    ]
}

#[test]
fn every_mail_is_narrow_plain_text() {
    for letter in letters() {
        for line in letter.body.lines().filter(|line| !line.trim().starts_with("https://")) {
            assert!(line.chars().count() <= COLUMNS_MAX, "{}: {line}", letter.subject);
            assert_eq!(line, line.trim_end(), "{}: trailing space", letter.subject);
        }
        assert!(letter.body.is_ascii() && letter.subject.is_ascii(), "{}", letter.subject);
        assert!(letter.body.ends_with('\n') && !letter.body.ends_with("\n\n"), "{}", letter.subject);
        assert!(!letter.body.contains(['{', '}', '<', '\r']), "{}", letter.subject);
        assert!(letter.subject.chars().count() <= COLUMNS_MAX - "Subject: ".len());
    }
}

#[test]
fn a_notice_says_when_what_to_do_and_whom_to_ring() {
    let [notice, ..] = &letters()[..] else { panic!("no letters") };
    for words in ["08:40 on Wednesday 23 September", LINK, "01632 960000", "ten minutes", "Not us?", " 12\n"]
    {
        assert!(notice.body.contains(words), "{words}");
    }
}

#[test]
fn an_alert_tells_the_time_left_and_whether_it_is_the_second() {
    let letters = letters();
    let [.., first, second] = &letters[..] else { panic!("no letters") };
    assert!(first.body.contains("57 hours 5 minutes") && first.body.contains(LINK));
    assert!(!first.body.contains("Nobody has settled it"));
    assert!(second.body.contains("Nobody has settled it"));
}

#[test]
fn a_template_can_name_only_what_its_context_holds() {
    let fields = |context: Value| -> Vec<String> {
        let keys = context.try_iter().expect("a context has keys");
        let mut keys: Vec<String> = keys.map(|key| key.to_string()).collect();
        keys.sort_unstable();
        keys
    };
    // A field added here must be one that can never carry anything about a child.
    assert_eq!(fields(Notice::sample().view()), ["count", "due", "force", "link", "telephone"]);
    assert_eq!(fields(Code::sample().view()), ["code", "telephone"]);
    assert_eq!(fields(Verification::sample().view()), ["code", "expires", "force", "link", "telephone"]);
    assert_eq!(fields(TaskAlert::sample().view()), ["due", "kind", "left", "link", "second"]);
    assert_eq!(fields(Officer::sample().view()), ["due", "force", "left", "reference", "telephone"]);
}

fn folder_with(name: &str, text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join(name), text).expect("a file");
    folder
}

#[test]
fn a_file_in_the_folder_replaces_the_shipped_template() {
    let folder = folder_with("code.txt", "Subject: Your code\nIt is {{ code }}.\n");
    let templates = Templates::load(Some(folder.path())).expect("sound");
    let letter = templates.code(&Code { code: "654321", telephone: "01632 960000" }).expect("renders");
    assert_eq!((letter.subject.as_str(), letter.body.as_str()), ("Your code", "It is 654321.\n"));
    assert!(templates.notice(&Notice::sample()).expect("renders").body.contains("Operation Encompass"));
}

#[test]
fn a_wrong_template_is_found_when_it_is_loaded() {
    let cases = [
        ("notice.txt", "Subject: s\nDear {{ child }}\n", "cannot be rendered"),
        ("notice.txt", "Subject: s\n{% if child %}x{% endif %}\n", "cannot be rendered"),
        ("notice.txt", "Subject: s\n{{ link\n", "cannot be rendered"),
        ("notice.txt", "Subject: {{ force }}\nbody\n", "must begin"),
        ("code.txt", "Subject: code {{ code }}\nbody\n", "must begin"),
        ("code.txt", "Subject: \nbody\n", "must begin"),
        ("code.txt", "no subject\nbody\n", "must begin"),
        ("code.txt", "Subject: a\rb\nbody\n", "must begin"),
    ];
    for (name, text, expected) in cases {
        let folder = folder_with(name, text);
        let error = Templates::load(Some(folder.path())).expect_err(text);
        assert!(error.to_string().contains(expected), "{text}: {error}");
    }
}

#[test]
fn debug_shows_neither_code_nor_link() {
    for letter in letters() {
        let shown = format!("{letter:?}");
        assert!(!shown.contains("123456") && !shown.contains("q8Zr2mYt"), "{shown}");
    }
}

proptest! {
    #[test]
    fn a_subject_never_depends_on_what_is_sent(link in ".*", code in ".*", telephone in ".*", count in 1usize..99) {
        let templates = shipped();
        let notice = Notice { link: &link, telephone: &telephone, count, ..Notice::sample() };
        let standard = templates.notice(&Notice::sample()).expect("renders");
        prop_assert_eq!(templates.notice(&notice).expect("renders").subject, standard.subject);
        let standard = templates.code(&Code::sample()).expect("renders");
        let other = templates.code(&Code { code: &code, telephone: &telephone }).expect("renders");
        prop_assert_eq!(other.subject, standard.subject);
    }
}
