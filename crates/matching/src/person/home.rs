//! House and street out of an address as people write it on one line or several.

use crate::normalise::fold;
use crate::spelling::distance;

/// A house in a street.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct House {
    /// The numbers in their order, with their letters: flat and house.
    pub numbers: String,
    /// The words of the street, with the usual short forms written out.
    pub street: String,
}

/// The part that names house and street: up to the last part with a number in it, else the first. What follows is the
/// town, which registers and police write or leave out as they please.
pub fn house_and_street<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let parts: Vec<&str> =
        parts.flat_map(|part| part.split(',')).map(str::trim).filter(|part| !part.is_empty()).collect();
    let numbered = parts.iter().rposition(|part| part.contains(|letter: char| letter.is_ascii_digit()));
    let last = numbered.unwrap_or_default().min(parts.len().saturating_sub(1));
    parts.get(..=last).unwrap_or_default().join(", ")
}

/// Reads a line such as `Flat 3, 62 Hardy Rd`; `None` when there is nothing in it.
pub(crate) fn house(line: &str) -> Option<House> {
    let mut house = House::default();
    for word in fold(line).split(' ').filter(|word| !word.is_empty()) {
        if word.as_bytes()[0].is_ascii_digit() {
            push(&mut house.numbers, word);
        } else if !is_flat(word) {
            push(&mut house.street, written_out(word));
        }
    }
    (house != House::default()).then_some(house)
}

fn push(text: &mut String, word: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(word);
}

/// "flat" and its like say nothing once the numbers are known; a slip in the word does not matter either.
fn is_flat(word: &str) -> bool {
    ["flat", "apartment", "apt", "unit", "room", "no"].contains(&word)
        || (word.len() == 4 && word.contains(['f', 't']) && is_slip_of_flat(word))
}

fn is_slip_of_flat(word: &str) -> bool {
    let shared = word.bytes().filter(|letter| b"flat".contains(letter)).count();
    shared > 2 && distance(word, "flat") <= 0.26
}

fn written_out(word: &str) -> &str {
    match word {
        "rd" => "road",
        "st" => "street",
        "ave" | "av" => "avenue",
        "cl" => "close",
        "cres" | "crs" => "crescent",
        "ct" | "crt" => "court",
        "dr" | "drv" => "drive",
        "gdns" | "gdn" | "gds" => "gardens",
        "gr" | "gro" | "grv" => "grove",
        "ln" => "lane",
        "pl" => "place",
        "sq" => "square",
        "ter" | "terr" | "tce" => "terrace",
        "wy" => "way",
        "wk" => "walk",
        "pk" => "park",
        "hse" => "house",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn house_and_street_are_told_apart_however_they_are_written() {
        for (line, numbers, street) in [
            ("62 Hardy Road", "62", "hardy road"),
            ("62 Hardy Rd.", "62", "hardy road"),
            ("Flat 3, 62 Hardy Rd", "3 62", "hardy road"),
            ("Flta 3, 62 hardy road", "3 62", "hardy road"),
            ("12a St Mary's Ter", "12a", "street marys terrace"),
            ("Rose Cottage, Mill Ln", "", "rose cottage mill lane"),
            ("Hauptstraße 7", "7", "hauptstrasse"),
        ] {
            let house = house(line).unwrap();
            assert_eq!((house.numbers.as_str(), house.street.as_str()), (numbers, street), "{line}");
        }
        assert!(house(" , ").is_none());
    }

    #[test]
    fn the_town_is_left_out_however_the_address_is_written() {
        for (parts, expected) in [
            (vec!["62 Hardy Road, Larkfield"], "62 Hardy Road"),
            (vec!["62 Hardy Road", "Larkfield"], "62 Hardy Road"),
            (vec!["Flat 3", "62 Hardy Road", "Larkfield"], "Flat 3, 62 Hardy Road"),
            (vec!["Rose Cottage, Mill Lane", "Larkfield"], "Rose Cottage"),
            (vec![""], ""),
            (vec![], ""),
        ] {
            assert_eq!(house_and_street(parts.into_iter()), expected);
        }
    }
}
