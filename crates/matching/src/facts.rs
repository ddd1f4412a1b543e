//! What police say of a child that it can be found by.

use encompass_core::incident::{AddressKind, BirthDate, Child, NameKind, Stated};
use jiff::civil::Date;

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

/// Where the child lives or stays; not where it used to.
fn postcodes(child: &Child) -> Vec<String> {
    let lived = child.addresses.items().iter().filter(|address| {
        !matches!(address.kind.known(), Some(AddressKind::Former | AddressKind::Other))
            && !address.to.is_known()
    });
    lived.filter_map(|address| Some(address.postcode.known()?.to_string())).collect()
}

fn text<T: std::ops::Deref<Target = str>>(stated: &Stated<T>) -> &str {
    stated.known().map_or("", |text| text)
}

impl std::fmt::Debug for Facts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Facts(…)")
    }
}
