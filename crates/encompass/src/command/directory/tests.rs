use std::fs;

use clap::Parser;
use encompass_store::seal::Keys;

use super::*;

const PAGE: &str = include_str!("../../../../../docs/registers.md");
const SCHOOLS: &str = "urn,name,town,postcode,open_date,close_date\n900001,Larkfield,Town,,1990-09-01,\n";
const SOUND: &str = "1,Araminta,Copplestone,2017-03-14,900001\n";

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

fn given(line: &str) -> Import {
    let parsed =
        Line::try_parse_from(line.split_whitespace()).unwrap_or_else(|error| panic!("{line}: {error}"));
    match parsed.command {
        Command::Import(import) => *import,
        Command::Join | Command::Loads => panic!("no import: {line}"),
    }
}

/// A file of a folder, by the options that a register needs.
fn register(folder: &std::path::Path, rows: &str, more: &str) -> Import {
    let header = "No,Given,Family,Born,URN\n";
    fs::write(folder.join("register.csv"), format!("{header}{rows}")).expect("written");
    let map = "[columns]\nchild_id = \"No\"\ngiven_names = \"Given\"\nfamily_name = \"Family\"\n\
               birth_date = \"Born\"\nsetting_identifier = \"URN\"\n[constants]\nsetting_scheme = \"urn\"\nrestricted = \"no\"\n";
    fs::write(folder.join("map.toml"), map).expect("written");
    let at = |name: &str| folder.join(name).display().to_string();
    given(&format!(
        "encompass import register {} --source s --owner o --force north --max-age-days 7 --mapping {} \
         --report {} {more}",
        at("register.csv"),
        at("map.toml"),
        at("report.csv")
    ))
}

async fn store(folder: &std::path::Path) -> Store {
    let url = format!("sqlite://{}?mode=rwc", folder.join("store.db").display());
    let store =
        Store::open(&encompass_store::db::Options::at(url), Keys::new(&[7; 32])).await.expect("opened");
    fs::write(folder.join("schools.csv"), SCHOOLS).expect("written");
    let schools = format!("encompass import reduced-schools {}", folder.join("schools.csv").display());
    load(&store, given(&schools)).await.expect("taken in");
    store
}

async fn load(store: &Store, given: Import) -> anyhow::Result<ExitCode> {
    take_in(store, given, vec!["north".into()]).await
}

fn is(code: ExitCode, number: u8) -> bool {
    format!("{code:?}") == format!("{:?}", ExitCode::from(number))
}

#[tokio::test]
async fn a_register_ends_with_3_when_something_was_set_aside_and_says_what_without_content() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let sound = load(&store, register(folder.path(), SOUND, "")).await.unwrap();
    assert!(is(sound, 0));
    let again = load(&store, register(folder.path(), SOUND, "")).await.unwrap();
    assert!(is(again, 0), "the same again");
    let rows = format!("{SOUND}2,Quillfeather,Copplestone,soon,900001\n");
    let faulty = load(&store, register(folder.path(), &rows, "--changed-only")).await.unwrap();
    assert!(is(faulty, 3));
    let report = fs::read_to_string(folder.path().join("report.csv")).unwrap();
    assert_eq!(report, "line,column,problem,consequence\n3,Born,not_a_date,set_aside\n");
}

#[tokio::test]
async fn a_register_is_licensed_to_configured_forces_and_loses_none_unless_that_is_meant() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let configured = || vec!["north".to_owned(), "south".to_owned()];
    let with = |forces: &[&str], more: &str| {
        let mut given = register(folder.path(), SOUND, more);
        given.forces = forces.iter().map(|force| (*force).to_owned()).collect();
        take_in(&store, given, configured())
    };
    let licensed = async || store.register_terms("s").await.unwrap().map(|terms| terms.forces.len());
    let mistyped = with(&["north", "nort"], "").await.unwrap_err().to_string();
    assert_eq!(mistyped, "--force names nort: the configuration has north, south");
    assert_eq!(licensed().await, None, "nothing is made");
    with(&["north"], "").await.unwrap();
    let refused = with(&["south"], "").await.unwrap_err().to_string();
    assert!(refused.contains("north would no longer have the register s"), "{refused}");
    with(&["north", "south"], "").await.unwrap();
    assert_eq!(licensed().await, Some(2));
    with(&["south"], "--allow-fewer-forces").await.unwrap();
    assert_eq!(licensed().await, Some(1));
}

#[tokio::test]
async fn a_refused_register_leaves_its_report() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let rows = format!("{SOUND}2,Quillfeather,Copplestone,soon,900001\n");
    let refused = load(&store, register(folder.path(), &rows, "")).await.unwrap_err();
    let said = format!("{refused:#}");
    assert!(said.contains("nothing has changed") && said.contains("1 of 2 rows"), "{said}");
    assert!(!said.contains("Quillfeather"));
    assert!(fs::read_to_string(folder.path().join("report.csv")).unwrap().contains("3,Born,not_a_date"));
    let map = folder.path().join("other.toml");
    fs::write(&map, "[columns]\ngiven = \"Given\"\n").unwrap();
    let mut import = register(folder.path(), SOUND, "");
    import.mapping = Some(map);
    let unsound = format!("{:#}", load(&store, import).await.unwrap_err());
    assert!(unsound.contains("other.toml is refused") && unsound.contains("its fields are"), "{unsound}");
}

#[tokio::test]
async fn options_of_registers_are_for_registers() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let file = folder.path().join("schools.csv").display().to_string();
    let refused = load(&store, given(&format!("encompass import reduced-schools {file} --ctf"))).await;
    assert!(refused.unwrap_err().to_string().contains("are for registers"));
    let both = "encompass import register f --mapping m --ctf";
    assert!(Line::try_parse_from(both.split_whitespace()).is_err());
}

fn contacts(folder: &std::path::Path, rows: &str, more: &str) -> Import {
    let header = "setting_scheme,setting_identifier,name,role,channel,address,forces\n";
    fs::write(folder.join("contacts.csv"), format!("{header}{rows}")).expect("written");
    let at = |name: &str| folder.join(name).display().to_string();
    let (file, report) = (at("contacts.csv"), at("report.csv"));
    given(&format!("encompass import contacts {file} --report {report} {more}"))
}

#[tokio::test]
async fn contacts_are_refused_with_their_report_as_registers_are_and_when_they_would_drop_somebody() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let store = store(folder).await;
    let row = |address: &str, force: &str| {
        format!("urn,900001,Ivo Invented,lead,email,{address}@school.example,{force}\n")
    };
    let (one, other) = (row("one", "north"), row("two", "north"));
    let unknown = load(&store, contacts(folder, &row("one", "nowhere"), "")).await.unwrap_err();
    assert!(format!("{unknown:#}").contains("1 of 1 rows"), "{unknown:#}");
    let report = fs::read_to_string(folder.join("report.csv")).unwrap();
    assert_eq!(report, "line,column,problem,consequence\n2,forces,unknown_value,set_aside\n");
    assert!(is(load(&store, contacts(folder, &(one.clone() + &other), "")).await.unwrap(), 0));
    let shrinks = load(&store, contacts(folder, &one, "")).await.unwrap_err().to_string();
    assert!(
        shrinks.contains("no longer names 1 contacts") && shrinks.contains("--allow-shrink"),
        "{shrinks}"
    );
    let of_source = load(&store, contacts(folder, &one, "--source c2 --allow-shrink")).await.unwrap_err();
    assert!(of_source.to_string().contains("--source is for teams and registers"));
    let many: String = (0..30).map(|n| row(&format!("n{n}"), "north")).collect();
    let rows = one + &other + &many + &row("x", "nowhere");
    assert!(is(load(&store, contacts(folder, &rows, "")).await.unwrap(), 3), "a row is set aside");
}

#[tokio::test]
async fn a_file_is_true_on_a_day_that_is_not_to_come_and_not_before_the_version_that_is_current() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    assert!(is(load(&store, register(folder.path(), SOUND, "--as-of 2026-03-02")).await.unwrap(), 0));
    for (day, expected) in [("2026-03-01", "was true on 2026-03-02"), ("2999-01-01", "in the future")] {
        let refused = load(&store, register(folder.path(), SOUND, &format!("--as-of {day}"))).await;
        let said = format!("{:#}", refused.unwrap_err());
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn the_page_for_who_loads_registers_has_commands_and_options_that_there_are() {
    let lines = PAGE.lines().filter(|line| line.starts_with("encompass directory "));
    let commands: Vec<String> =
        lines.map(|line| line.replacen(" directory", "", 1).replace("\"", "")).collect();
    assert_eq!(commands.len(), 4);
    for command in commands {
        let words = command.replace("Anyshire Council", "Council").replace("Larkfield Primary", "Larkfield");
        assert!(Line::try_parse_from(words.split_whitespace()).is_ok(), "{command}");
    }
    assert!(PAGE.contains(&format!("{KEEP_LEAVERS_DAYS} days")) && PAGE.contains("| 3 |"));
    for option in
        ["--mapping", "--ctf", "--changed-only", "--keep-leavers", "--allow-shrink", "--report", "--as-of"]
    {
        assert!(PAGE.contains(option), "{option}");
    }
}
