use crate::{DEMO, ON, small};
use encompass_county::{County, Fortnight, Kind, Size, files, fortnight};
use std::collections::HashSet;

fn bytes(county: &County, fortnight: &Fortnight) -> Vec<Vec<u8>> {
    let mut all = vec![
        files::gias(county),
        files::early_years(county),
        files::bank_holidays(county),
        files::contacts(county),
        files::teams(county),
    ];
    all.extend((0..county.sources.len()).map(|source| files::register(county, source)));
    all.extend(county.term_dates.iter().map(files::term_json));
    all.extend(fortnight.published.iter().map(|message| message.record().value));
    all
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let made = |seed| {
        let county = small(seed);
        let fortnight = fortnight(&county, ON, seed);
        bytes(&county, &fortnight)
    };
    assert_eq!(made(3), made(3));
    let (third, fourth) = (made(3), made(4));
    assert_ne!(third[0], fourth[0]);
    assert_ne!(third.last(), fourth.last());
}

#[test]
fn a_county_has_the_size_asked_for() {
    for size in
        [Size::default(), Size { settings: 40, children: 400 }, Size { settings: 1000, children: 30_000 }]
    {
        let county = County::generate(1, size, ON);
        let children = county.children.len();
        assert!((size.children..size.children + 4).contains(&children), "{children}");
        let settings = county.settings.len();
        assert!(
            (size.settings * 9 / 10..=size.settings + 30).contains(&settings),
            "{settings} of {}",
            size.settings
        );
    }
}

#[test]
fn a_county_has_every_kind_of_setting_and_namesakes_among_them() {
    let (county, _) = &*DEMO;
    let kinds: HashSet<Kind> = county.settings.iter().map(|setting| setting.kind).collect();
    assert_eq!(kinds.len(), 12);
    let names: HashSet<&str> = county.settings.iter().map(|setting| setting.name.as_str()).collect();
    assert!(
        names.len() < county.settings.len() - 20,
        "only {} share a name",
        county.settings.len() - names.len()
    );
    assert!(county.settings.iter().filter(|setting| setting.name.starts_with("St Mary's")).count() >= 4);
    let places: HashSet<_> = county.settings.iter().map(|it| (it.kind, &it.name, it.address.town)).collect();
    assert_eq!(places.len(), county.settings.len(), "namesakes of one kind stand in different towns");
    let hosts: HashSet<&str> = county.settings.iter().map(|setting| setting.host.as_str()).collect();
    assert_eq!(hosts.len(), county.settings.len());
}

#[test]
fn most_settings_have_two_contacts_and_some_have_faults() {
    let (county, _) = &*DEMO;
    let people =
        |setting: usize| county.contacts_of(setting).filter(|it| !it.address.starts_with("https")).count();
    let two = county.settings.iter().filter(|it| people(it.index) == 2).count();
    assert!(two * 10 > county.settings.len() * 7, "{two}");
    assert!(county.settings.iter().any(|it| people(it.index) == 1));
    assert!(county.contacts.iter().any(|contact| !contact.verified));
    assert!(county.contacts.iter().any(|it| it.mailbox == encompass_county::Mailbox::Bounces));
    assert!(county.contacts.iter().any(|contact| contact.address.starts_with("https://")));
}
