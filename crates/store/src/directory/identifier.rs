//! Dated identifiers of settings, and which became which.
//!
//! Contacts, enrolments and notifications point to our own id, which a setting keeps: a school that
//! converts to an academy gets a new URN and stays the same setting.

use std::collections::HashMap;

use encompass_core::id::{IdentityKey, SettingId, of};
use jiff::civil::Date;

use super::read::{day, day_value};
use crate::db::{batch, row};
use crate::{Result, Tx};

/// A number that somebody gave a setting, in that scheme's one written form.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identifier {
    /// Who numbers, such as `urn` or `ofsted`.
    pub scheme: String,
    /// The number.
    pub value: String,
}

impl Identifier {
    /// An identifier.
    pub fn new(scheme: impl Into<String>, value: impl Into<String>) -> Self {
        Self { scheme: scheme.into(), value: value.into() }
    }
}

/// One link of a register: `new` took the place of `old`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Succession {
    /// The number until then.
    pub old: Identifier,
    /// The number since then.
    pub new: Identifier,
}

/// The successions in which a setting stays the same: one-to-one ones. A school that was split or merged is
/// no longer the setting whose contacts we verified.
#[derive(Debug, Default)]
pub(super) struct Lineage(HashMap<Identifier, Identifier>);

impl Lineage {
    pub(super) fn new(links: &[Succession]) -> Self {
        let (mut heirs, mut origins) = (HashMap::new(), HashMap::new());
        let mut links: Vec<_> = links.iter().collect();
        links.sort_by(|a, b| (&a.old, &a.new).cmp(&(&b.old, &b.new)));
        links.dedup();
        for link in &links {
            *heirs.entry(&link.old).or_insert(0) += 1;
            *origins.entry(&link.new).or_insert(0) += 1;
        }
        let alone = |link: &&&Succession| heirs[&link.old] == 1 && origins[&link.new] == 1;
        Self(links.iter().filter(alone).map(|link| (link.new.clone(), link.old.clone())).collect())
    }

    /// The oldest number of a setting, and how many conversions lie between.
    pub(super) fn origin<'a>(&'a self, identifier: &'a Identifier) -> (&'a Identifier, usize) {
        let mut origin = identifier;
        // A school converts once or twice; a ring of links must not hang the load.
        for steps in 0..8 {
            match self.0.get(origin) {
                Some(older) => origin = older,
                None => return (origin, steps),
            }
        }
        (identifier, 0)
    }
}

/// What is stored of an identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dated {
    pub(super) setting: SettingId,
    pub(super) from: Option<Date>,
    pub(super) to: Option<Date>,
}

impl Dated {
    /// A number without dates of its own.
    pub(super) const fn undated(setting: SettingId) -> Self {
        Self { setting, from: None, to: None }
    }
}

/// What is stored of these identifiers.
pub(super) async fn known(tx: &mut Tx, wanted: Vec<&Identifier>) -> Result<HashMap<Identifier, Dated>> {
    let rows = wanted.iter().map(|id| vec![id.scheme.as_str().into(), id.value.as_str().into()]).collect();
    let select = "SELECT i.scheme AS scheme, i.value AS value, setting_id, valid_from, valid_to \
         FROM v JOIN setting_identifier i ON i.scheme = v.scheme AND i.value = v.value";
    let found = batch::with(tx.conn(), "scheme, value", rows, select).await?;
    found
        .iter()
        .map(|found| {
            let identifier = Identifier::new(row::text(found, "scheme")?, row::text(found, "value")?);
            let setting = row::id::<of::Setting>(found, "setting_id")?;
            let dated = Dated { setting, from: day(found, "valid_from")?, to: day(found, "valid_to")? };
            Ok((identifier, dated))
        })
        .collect()
}

/// Writes identifiers: new ones, and known ones that moved or ended.
pub(super) async fn write(tx: &mut Tx, identifiers: Vec<(Identifier, Dated)>) -> Result<()> {
    let last: HashMap<Identifier, Dated> = identifiers.into_iter().collect();
    let rows = last
        .into_iter()
        .map(|(id, dated)| {
            vec![
                id.scheme.into(),
                id.value.into(),
                dated.setting.into(),
                day_value(dated.from),
                day_value(dated.to),
            ]
        })
        .collect();
    let head = "INSERT INTO setting_identifier (scheme, value, setting_id, valid_from, valid_to)";
    let tail = "ON CONFLICT (scheme, value) DO UPDATE SET setting_id = excluded.setting_id, \
         valid_from = COALESCE(excluded.valid_from, setting_identifier.valid_from), valid_to = excluded.valid_to";
    batch::insert(tx.conn(), head, rows, tail).await?;
    Ok(())
}

/// The settings among these that somebody already points to: a contact, a notification or an enrolment.
pub(super) async fn settled(tx: &mut Tx, settings: &[SettingId]) -> Result<Vec<SettingId>> {
    let mut found = Vec::new();
    for head in [
        "SELECT DISTINCT setting_id FROM contact WHERE setting_id IN",
        "SELECT DISTINCT setting_id FROM notification WHERE setting_id IN",
        "SELECT DISTINCT setting_id FROM enrolment WHERE setting_id IN",
    ] {
        let values = settings.iter().map(|id| (*id).into()).collect();
        for row in batch::within(tx.conn(), head, values, "").await? {
            found.push(row::id(&row, "setting_id")?);
        }
    }
    Ok(found)
}

/// The id of a setting first known under an identifier.
pub(super) fn derived(key: &IdentityKey, first: &Identifier) -> SettingId {
    key.setting(&first.scheme, &first.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urn(value: &str) -> Identifier {
        Identifier::new("urn", value)
    }

    fn link(old: &str, new: &str) -> Succession {
        Succession { old: urn(old), new: urn(new) }
    }

    #[test]
    fn only_one_to_one_successions_carry_a_setting_on() {
        let lineage = Lineage::new(&[
            link("1", "2"),
            link("2", "3"),
            link("2", "3"),
            link("4", "6"),
            link("5", "6"),
            link("7", "8"),
            link("7", "9"),
        ]);
        let table = [("3", "1"), ("2", "1"), ("1", "1"), ("6", "6"), ("8", "8"), ("9", "9")];
        for (number, origin) in table {
            assert_eq!(lineage.origin(&urn(number)).0, &urn(origin), "{number}");
        }
        assert!(lineage.origin(&urn("3")).1 > lineage.origin(&urn("2")).1);
    }

    #[test]
    fn a_ring_of_links_carries_nothing() {
        let lineage = Lineage::new(&[link("1", "2"), link("2", "1")]);
        assert_eq!(lineage.origin(&urn("1")), (&urn("1"), 0));
    }
}
