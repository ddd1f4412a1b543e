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
    take_in(&store, given(&schools)).await.expect("taken in");
    store
}

fn is(code: ExitCode, number: u8) -> bool {
    format!("{code:?}") == format!("{:?}", ExitCode::from(number))
}

#[tokio::test]
async fn a_register_ends_with_3_when_something_was_set_aside_and_says_what_without_content() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let sound = take_in(&store, register(folder.path(), SOUND, "")).await.unwrap();
    assert!(is(sound, 0));
    let again = take_in(&store, register(folder.path(), SOUND, "")).await.unwrap();
    assert!(is(again, 0), "the same again");
    let rows = format!("{SOUND}2,Quillfeather,Copplestone,soon,900001\n");
    let faulty = take_in(&store, register(folder.path(), &rows, "--changed-only")).await.unwrap();
    assert!(is(faulty, 3));
    let report = fs::read_to_string(folder.path().join("report.csv")).unwrap();
    assert_eq!(report, "line,column,problem,consequence\n3,Born,not_a_date,set_aside\n");
}

#[tokio::test]
async fn a_refused_register_leaves_its_report() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let rows = format!("{SOUND}2,Quillfeather,Copplestone,soon,900001\n");
    let refused = take_in(&store, register(folder.path(), &rows, "")).await.unwrap_err();
    let said = format!("{refused:#}");
    assert!(said.contains("nothing has changed") && said.contains("1 of 2 rows"), "{said}");
    assert!(!said.contains("Quillfeather"));
    assert!(fs::read_to_string(folder.path().join("report.csv")).unwrap().contains("3,Born,not_a_date"));
    let map = folder.path().join("other.toml");
    fs::write(&map, "[columns]\ngiven = \"Given\"\n").unwrap();
    let mut import = register(folder.path(), SOUND, "");
    import.mapping = Some(map);
    let unsound = format!("{:#}", take_in(&store, import).await.unwrap_err());
    assert!(unsound.contains("other.toml is refused") && unsound.contains("its fields are"), "{unsound}");
}

#[tokio::test]
async fn options_of_registers_are_for_registers() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let file = folder.path().join("schools.csv").display().to_string();
    let refused = take_in(&store, given(&format!("encompass import reduced-schools {file} --ctf"))).await;
    assert!(refused.unwrap_err().to_string().contains("are for registers"));
    let both = "encompass import register f --mapping m --ctf";
    assert!(Line::try_parse_from(both.split_whitespace()).is_err());
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
