use super::*;

#[test]
fn the_default_file_reads_and_is_no_nonsense() {
    assert_eq!(Profiles::default().check(), Vec::<String>::new());
}

#[test]
fn a_kind_of_setting_may_have_a_profile_of_its_own() {
    let text = r#"
        version = "northshire-1"
        [default]
        fields = ["police_reference", "child_name", "handling", "desk_telephone"]
        free_text = false
        handling = "For the lead."
        [kinds.health_visiting]
        fields = ["police_reference", "child_name", "harmed", "handling", "desk_telephone"]
        free_text = false
        handling = "For the health visitor."
    "#;
    let profiles = Profiles::parse(text).unwrap();
    assert_eq!(profiles.check(), Vec::<String>::new());
    for kind in SettingKind::ALL {
        let own = *kind == SettingKind::HealthVisiting;
        assert_eq!(profiles.of(*kind).shows(Field::Harmed), own, "{kind}");
    }
}

#[test]
fn a_name_that_is_not_known_is_refused() {
    let text = include_str!("../../../../../config/disclosure/default.toml");
    for (was, is) in [("\"seen\",", "\"shoe_size\","), ("free_text = false\n\n#", "free_txt = false\n\n#")] {
        assert!(text.contains(was));
        assert!(Profiles::parse(&text.replace(was, is)).is_err(), "{is}");
    }
}

#[test]
fn nonsense_is_reported_and_never_shown_all_the_same() {
    let needed = [Field::PoliceReference, Field::ChildName, Field::Handling, Field::DeskTelephone];
    let with = |more: &[Field]| profile(&[&needed[..], more].concat(), false);
    let cases = [
        (with(&[Field::SafeAddress]), "safe_address is never shown"),
        (with(&[Field::Refuge]), "refuge is never shown"),
        (with(&[Field::OtherFamiliesChildren]), "other_families_children is never shown"),
        (with(&[Field::WhoReported]), "who_reported is never shown"),
        (with(&[Field::Notes]), "notes is free text"),
        (with(&[Field::Seen, Field::Seen]), "seen is listed twice"),
        (profile(&needed[..3], false), "desk_telephone is missing"),
        (Profile { handling: " ".to_owned(), ..with(&[]) }, "handling must be"),
    ];
    for (profile, fault) in cases {
        let faults = profile.check();
        assert_eq!(faults.len(), 1, "{fault}: {faults:?}");
        assert!(faults[0].starts_with(fault), "{fault}: {faults:?}");
    }
    for field in Field::ALL {
        let listed = profile(&[*field], false);
        assert_eq!(listed.shows(*field), !field.is_never_shown() && !field.is_free_text(), "{field}");
        assert_eq!(field.label() == "Not shown", field.is_never_shown(), "{field} has a label");
    }
}
