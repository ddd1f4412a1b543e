//! What police say of a child that it can be found by.

use encompass_core::incident::{self, BirthDate, Child, NameKind, Stated};
use jiff::civil::Date;

use crate::address::{Address, Homes};
use crate::name::Name;
use crate::normalise::words;

/// A child's facts, normalised.
#[derive(Clone, Default)]
pub struct Facts {
    /// Every name that it goes or went by.
    pub names: Vec<Name>,
    /// Birth date, where the whole date is known.
    pub born: Option<Date>,
    /// Postcodes where it lives or stays.
    pub postcodes: Vec<String>,
    /// Where it lives and has lived, as whole addresses.
    pub homes: Homes,
    /// Unique pupil number.
    pub upn: Option<String>,
    /// NHS number.
    pub nhs_number: Option<String>,
}

impl Facts {
    /// The facts of a child of an incident.
    pub fn of(child: &Child) -> Self {
        let mut facts = Self {
            born: child.birth_date.known().and_then(|BirthDate(born)| born.day()),
            postcodes: postcodes(child),
            homes: homes(child),
            upn: child.upn.known().map(|upn| upn.to_string()),
            nhs_number: child.nhs_number.known().map(|number| number.to_string()),
            ..Self::default()
        };
        for name in child.names.items() {
            facts.name(text(&name.given), text(&name.family), text(&name.full));
        }
        facts.complete_aliases(child);
        facts.names.sort_unstable();
        facts.names.dedup();
        facts
    }

    fn name(&mut self, given: &str, family: &str, full: &str) {
        match (given, family) {
            // One part with several words is a whole name that was put into one field.
            (all, "") | ("", all) if words(all).len() > 1 => self.names.extend(Name::readings(all)),
            (_, "") | ("", _) => {}
            (given, family) => self.names.extend(Name::new(given, family)),
        }
        self.names.extend(Name::readings(full));
    }

    /// An alias is often only a given name: it goes with the family name on record.
    fn complete_aliases(&mut self, child: &Child) {
        let items = child.names.items();
        let family = items.iter().find_map(|name| Some(name.family.known()?.to_string()));
        let aliases = items
            .iter()
            .filter(|name| name.kind.known() == Some(&NameKind::Alias) && !name.family.is_known());
        if let Some(family) = family {
            self.names.extend(aliases.filter_map(|name| Name::new(text(&name.given), &family)));
        }
    }
}

/// The postcodes of where the child lives or stays.
fn postcodes(child: &Child) -> Vec<String> {
    let lived = child.addresses.items().iter().filter(|address| address.is_home());
    lived.filter_map(|address| Some(address.postcode.known()?.to_string())).collect()
}

fn homes(child: &Child) -> Homes {
    let (now, before): (Vec<_>, Vec<_>) =
        child.addresses.items().iter().partition(|address| address.is_home());
    let read = |all: Vec<&incident::Address>| all.into_iter().filter_map(address).collect();
    Homes { now: read(now), before: read(before) }
}

fn address(address: &incident::Address) -> Option<Address> {
    let postcode = address.postcode.known().map(|postcode| postcode.to_string()).unwrap_or_default();
    Address::new(address.lines.items().iter().map(|line| &**line), &postcode)
}

fn text<T: std::ops::Deref<Target = str>>(stated: &Stated<T>) -> &str {
    stated.known().map_or("", |text| text)
}

impl std::fmt::Debug for Facts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Facts(…)")
    }
}
