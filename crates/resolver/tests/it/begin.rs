//! What is sent without a person while nothing is earned: by default, and by a force that takes the postcode.

use encompass_core::state::Hold;
use encompass_resolver::Config;
use encompass_store::incident::VersionKind;
use serde_json::{Value, json};

use crate::world::{ADA, NOW, OAK, Pupil, World, by_postcode, incident};

/// What the police have besides names and birth date.
#[derive(Clone, Copy)]
struct Said {
    postcode: Option<&'static str>,
    setting: Option<&'static str>,
    upn: Option<&'static str>,
}

const POSTCODE: Option<&str> = Some("ZZ1 4AB");
const OTHER_POSTCODE: Option<&str> = Some("ZZ9 9ZZ");
const SETTING: Option<&str> = Some("Oak Lane Primary School, Larkfield");
const OTHER_SETTING: Option<&str> = Some("Elm Road Primary School");
/// Fits the child's school, and another just as well.
const TWO_SETTINGS: Option<&str> = Some("Oak Lane Primary School");
const UPN: Option<&str> = Some("H801200001001");
const OTHER_UPN: Option<&str> = Some("P000000000001");
/// Its check letter is wrong: it is set aside as if nobody had said it.
const BAD_UPN: Option<&str> = Some("A801200001001");

fn said(said: Said) -> Value {
    let mut data = incident();
    let child = &mut data["children"][0];
    child["addresses"] = said.postcode.map_or(json!([]), |postcode| json!([{ "postcode": postcode }]));
    child["setting"] = json!(said.setting);
    child["upn"] = json!(said.upn);
    data
}

async fn outcome(config: &Config, what: Said) -> (World, Option<Hold>) {
    let world = World::on_sqlite(config).await;
    world.register("county", NOW, &[Pupil { upn: UPN, ..ADA }]).await;
    world.accept(1, VersionKind::Reported, &said(what)).await;
    world.resolve().await;
    let (child, told) = (world.child("c1").await, world.notification("c1", OAK).await);
    assert_eq!(child.hold.is_none(), told.is_some(), "told, or held");
    (world, child.hold)
}

#[tokio::test]
async fn exact_agreement_begins_with_the_officers_setting_or_a_number_and_a_force_may_take_the_postcode() {
    let (told, unconfirmed, disagree) = (None, Some(Hold::Unconfirmed), Some(Hold::SettingsDisagree));
    let table = [
        // postcode, setting, number, by default, by a force that takes the postcode
        (None, None, None, unconfirmed, unconfirmed),
        (POSTCODE, None, None, unconfirmed, told),
        (OTHER_POSTCODE, None, None, unconfirmed, unconfirmed),
        (None, SETTING, None, told, told),
        (POSTCODE, SETTING, None, told, told),
        (OTHER_POSTCODE, SETTING, None, told, told),
        (POSTCODE, TWO_SETTINGS, None, unconfirmed, told),
        (None, TWO_SETTINGS, None, unconfirmed, unconfirmed),
        (None, OTHER_SETTING, None, disagree, disagree),
        (POSTCODE, OTHER_SETTING, None, disagree, disagree),
        (None, None, UPN, told, told),
        (POSTCODE, None, UPN, told, told),
        (OTHER_POSTCODE, None, UPN, told, told),
        (None, SETTING, UPN, told, told),
        (OTHER_POSTCODE, TWO_SETTINGS, UPN, told, told),
        (POSTCODE, OTHER_SETTING, UPN, disagree, disagree),
        (POSTCODE, None, OTHER_UPN, unconfirmed, unconfirmed),
        (POSTCODE, SETTING, OTHER_UPN, unconfirmed, unconfirmed),
        (POSTCODE, OTHER_SETTING, OTHER_UPN, unconfirmed, unconfirmed),
        (POSTCODE, None, BAD_UPN, unconfirmed, told),
        (POSTCODE, SETTING, BAD_UPN, told, told),
    ];
    for (postcode, setting, upn, by_default, with_postcode) in table {
        let what = Said { postcode, setting, upn };
        for (config, expected) in [(Config::default(), by_default), (by_postcode(), with_postcode)] {
            let (_world, hold) = outcome(&config, what).await;
            let rule = config.confirmation;
            assert_eq!(
                hold, expected,
                "{rule:?}: postcode {postcode:?}, setting {setting:?}, number {upn:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_person_reads_why_exact_agreement_was_not_sent() {
    let nothing = Said { postcode: None, setting: None, upn: None };
    let table = [
        (
            Config::default(),
            Said { postcode: POSTCODE, ..nothing },
            "names, birth date and postcode agree exactly, but neither the officer's setting nor a pupil or NHS number",
        ),
        (
            Config::default(),
            Said { setting: TWO_SETTINGS, ..nothing },
            "names and birth date agree exactly, but neither the officer's setting nor a pupil or NHS number",
        ),
        (
            by_postcode(),
            Said { postcode: OTHER_POSTCODE, ..nothing },
            "names and birth date agree exactly, but neither the postcode, the officer's setting nor a pupil or NHS number",
        ),
    ];
    for (config, what, expected) in table {
        let (world, _) = outcome(&config, what).await;
        let evidence = world.evidence("c1").await;
        let whys: Vec<&str> = evidence.unearned.iter().map(|one| one.why.as_str()).collect();
        assert!(whys.len() == 1 && whys[0].starts_with(expected), "{whys:?}");
        assert!(evidence.sentences.contains(&format!("Not yet earned for the register: {}", whys[0])));
    }
    for what in [Said { setting: OTHER_SETTING, ..nothing }, Said { upn: OTHER_UPN, ..nothing }] {
        let (world, _) = outcome(&Config::default(), what).await;
        assert_eq!(world.evidence("c1").await.unearned, [], "it is held for what contradicts it");
    }
}
