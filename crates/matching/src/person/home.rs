//! House and street out of the first line of an address.

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
}
