//! A child of an incident as it is looked for: once for each name and address that police gave.

use encompass_core::incident::{Address, AddressKind, BirthDate, Child, Name, PartialDate, Sex, Stated};
use encompass_matching::person::{self, Born, Sought, house_and_street};
use jiff::civil::Date;

/// How many ways of one child are looked for at most.
const WAYS_MAX: usize = 4;

/// Every way in which a child can be looked for, the first name and address first. `on` is the day of the incident.
/// A child that is not born has none.
pub fn sought(child: &Child, on: Date) -> Vec<Sought> {
    if child.is_unborn() {
        return Vec::new();
    }
    let family = child.names.items().iter().find_map(|name| name.family.known().map(|text| text.to_string()));
    let mut names: Vec<(String, String)> = Vec::new();
    for name in child.names.items().iter().flat_map(|name| readings(name, family.as_deref())) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let homes = homes(child);
    let way = |(forename, surname): &(String, String), home: Option<&&Address>| Sought {
        forename: forename.clone(),
        surname: surname.clone(),
        born: born(child),
        age: child.age.known().map(|age| u16::from(age.0)),
        on: Some(on),
        sex: sex(child),
        address: home.map(|home| line(home)).unwrap_or_default(),
        postcode: home.and_then(|home| Some(home.postcode.known()?.to_string())).unwrap_or_default(),
        upn: child.upn.known().map(|upn| upn.to_string()).unwrap_or_default(),
        nhs_number: child.nhs_number.known().map(|number| number.to_string()).unwrap_or_default(),
    };
    let nameless = (String::new(), String::new());
    let first = names.first().unwrap_or(&nameless);
    let mut ways = vec![way(first, homes.first())];
    ways.extend(names.iter().skip(1).map(|name| way(name, homes.first())));
    ways.extend(homes.iter().skip(1).map(|home| way(first, Some(home))));
    ways.truncate(WAYS_MAX);
    ways
}

/// Forename and surname of a name; a name written as one is read in both orders.
fn readings(name: &Name, family: Option<&str>) -> Vec<(String, String)> {
    let text =
        |stated: &Stated<_>| stated.known().map(|line: &encompass_core::incident::Line| line.to_string());
    match (text(&name.given), text(&name.family), text(&name.full)) {
        (Some(given), Some(family), _) => vec![(given, family)],
        (Some(one), None, _) | (None, Some(one), _) if one.split_whitespace().count() > 1 => {
            in_both_orders(&one)
        }
        // An alias is often only a given name: it goes with the family name on record.
        (Some(given), None, _) => vec![(given, family.unwrap_or_default().to_owned())],
        (None, Some(family), _) => vec![(String::new(), family)],
        (None, None, Some(full)) => in_both_orders(&full),
        (None, None, None) => Vec::new(),
    }
}

fn in_both_orders(full: &str) -> Vec<(String, String)> {
    let words: Vec<&str> = full.split_whitespace().collect();
    match words.as_slice() {
        [] => Vec::new(),
        [one] => vec![((*one).to_owned(), String::new())],
        [first, middle @ .., last] => {
            let joined = |words: Vec<&str>| words.join(" ");
            let before = joined([&[*first], middle].concat());
            let after = joined([middle, &[*last]].concat());
            vec![(before, (*last).to_owned()), (after, (*first).to_owned())]
        }
    }
}

/// Where the child lives or stays, the home first; not where it used to.
fn homes(child: &Child) -> Vec<&Address> {
    let mut homes: Vec<&Address> =
        child.addresses.items().iter().filter(|address| address.is_home()).collect();
    homes.sort_by_key(|address| !matches!(address.kind.known(), None | Some(AddressKind::Home)));
    homes
}

fn line(address: &Address) -> String {
    house_and_street(address.lines.items().iter().map(|line| &**line))
}

fn born(child: &Child) -> Born {
    match child.birth_date.known() {
        Some(BirthDate(PartialDate::Day(day))) => Born::Day(*day),
        Some(BirthDate(PartialDate::Month { year, month })) => Born::Month(*year, *month),
        Some(BirthDate(PartialDate::Year(year))) => Born::Year(*year),
        None => Born::Unknown,
    }
}

fn sex(child: &Child) -> Option<person::Sex> {
    match child.sex.known()? {
        Sex::Female => Some(person::Sex::Female),
        Sex::Male => Some(person::Sex::Male),
        Sex::Other => None,
    }
}
