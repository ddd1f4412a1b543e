//! Addresses.

use super::level::{Agreement, Home, Line, Place};
use crate::person::{House, Postcode};
use crate::population::Record;
use crate::spelling::distance_within;

/// An address as typed, looked up on the register.
#[derive(Default)]
pub(crate) struct Address {
    /// Its postcode.
    pub postcode: Option<Postcode>,
    /// The register's number of that postcode.
    pub place: Option<u32>,
    /// The register's number of its outward part.
    pub area: Option<u32>,
    /// House and street.
    pub house: Option<House>,
    /// The numbers, hashed as in a record.
    pub numbers: u32,
    /// The register's number of the street.
    pub street: Option<u32>,
    /// Children at the postcode.
    pub at_place: f64,
    /// Children in the area.
    pub in_area: f64,
    /// Children at a house and street of that name, wherever.
    pub at_line: f64,
}

/// The texts behind a record's numbers that addresses need.
pub(crate) trait Places {
    fn postcode_text(&self, number: u32) -> &str;
    fn area_of(&self, postcode: u32) -> u32;
    fn street_text(&self, number: u32) -> &str;
    fn total(&self) -> f64;
}

/// Holds an address as typed against a child of the register.
pub(crate) fn home(address: &Address, record: &Record, places: &impl Places) -> Agreement<Home> {
    let place = place(address, record, places);
    let line = line(address, record, places, place == Place::Exact);
    let total = places.total();
    let (at_line, in_area, at_place) = (address.at_line, address.in_area, address.at_place);
    // The family's own children are the least that can be expected at an address that is there at all.
    let chance = match (place, line) {
        (Place::Exact | Place::Near, Line::Same | Line::Close) => 2.0,
        (Place::Exact, _) => at_place + 1.0,
        (Place::Near, _) => at_place + in_area / 20.0 + 2.0,
        (Place::Outward | Place::PartSame, Line::Same | Line::Close) => 2.0 + at_line * in_area / total,
        (Place::Outward | Place::PartSame, _) => in_area + 1.0,
        (_, Line::Same) => at_line + 1.0,
        (_, Line::Close) => 4.0 * at_line + 4.0,
        _ => total,
    };
    Agreement::new(Home(place, line), chance / total)
}

fn place(address: &Address, record: &Record, places: &impl Places) -> Place {
    let Some(postcode) = address.postcode.as_ref().filter(|_| record.postcode != 0) else {
        return Place::Unknown;
    };
    if address.place == Some(record.postcode) {
        return Place::Exact;
    }
    let known = places.postcode_text(record.postcode);
    let is_in_area = address.area == Some(places.area_of(record.postcode));
    if postcode.is_outward || (known.len() > postcode.text.len() + 1 && known.starts_with(&postcode.text)) {
        return if is_in_area || known.starts_with(&postcode.text) {
            Place::PartSame
        } else {
            Place::PartDiffers
        };
    }
    if is_one_off(&postcode.text, known) {
        Place::Near
    } else if is_in_area {
        Place::Outward
    } else {
        Place::Differs
    }
}

/// One character exchanged, left out, put in, or two neighbours swapped.
fn is_one_off(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let same_start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let same_end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (rest_a, rest_b) =
        (a.len().saturating_sub(same_start + same_end), b.len().saturating_sub(same_start + same_end));
    match (rest_a, rest_b) {
        (1, 1) => true,
        (0 | 1, 0 | 1) => a.len().abs_diff(b.len()) == 1,
        (2, 2) => a[same_start] == b[same_start + 1] && a[same_start + 1] == b[same_start],
        _ => false,
    }
}

fn line(address: &Address, record: &Record, places: &impl Places, same_postcode: bool) -> Line {
    let Some(house) = address.house.as_ref().filter(|_| record.street != 0) else { return Line::Unknown };
    let same_numbers = address.numbers == record.house;
    if same_numbers && address.street == Some(record.street) {
        return Line::Same;
    }
    if !same_numbers && !same_postcode {
        return Line::Differs;
    }
    let apart = distance_within(&house.street, places.street_text(record.street), 0.35);
    match (same_numbers, same_postcode) {
        (true, true) if record.house != 0 => Line::Same,
        (true, true) if apart <= 0.35 => Line::Same,
        (true, false) if apart <= 0.3 => Line::Close,
        (false, true) if apart <= 0.3 && shares_number(address, record) => Line::Close,
        _ => Line::Differs,
    }
}

/// A record keeps its numbers hashed, so that "nearly the same" is: one of the two has no number.
fn shares_number(address: &Address, record: &Record) -> bool {
    address.numbers == 0 || record.house == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_postcode_may_be_one_character_off() {
        for (a, b, expected) in [
            ("S17LN", "S17LM", true),
            ("S17LN", "S71LN", true),
            ("S17LN", "S17LNN", true),
            ("S17LN", "S7LN", true),
            ("S17LN", "S27LM", false),
            ("75001", "75011", true),
            ("75001", "57010", false),
        ] {
            assert_eq!(is_one_off(a, b), expected, "{a} {b}");
            assert_eq!(is_one_off(b, a), expected, "{b} {a}");
        }
    }
}
