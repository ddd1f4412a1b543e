//! Made-up children, each drawn from its number: nobody has to be kept.

use encompass_matching::person::{Born, Child, Sex, Sought};
use jiff::civil::{Date, date};

/// A made-up register.
pub struct MadeUp {
    /// Children in it.
    pub children: u32,
    given: Vec<String>,
    families: Vec<String>,
}

/// A draw of its own for each number and purpose (splitmix64).
fn draw(number: u32, purpose: u64) -> u64 {
    let mut state =
        u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ purpose.wrapping_mul(0xD1B5_4A32_D192_ED03);
    state = (state ^ state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ state >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ state >> 31
}

/// A place in a list, the first ones far more often: names are spread about like that.
fn often_first(draw: u64, length: usize) -> usize {
    let part = (draw >> 11) as f64 / (1_u64 << 53) as f64;
    (((length as f64).powf(part) - 1.0) * 1.02) as usize % length
}

impl MadeUp {
    /// A register of so many children.
    pub fn new(children: u32) -> Self {
        let listed = include_str!("../../data/given.txt");
        let lines = listed.lines().filter(|line| !line.starts_with('#'));
        let mut given: Vec<String> =
            lines.flat_map(|line| line.split(' ').take(2).map(str::to_owned)).collect();
        given.sort_by_key(|name| draw(name.bytes().map(u32::from).sum(), 9));
        given.dedup();
        given.extend((0..30_000).map(|number| word(draw(number, 1), 2 + number as usize % 2)));
        let families = (0..200_000).map(|number| word(draw(number, 2), 2 + number as usize % 3)).collect();
        Self { children, given, families }
    }

    /// The reference of a child.
    pub fn id(&self, number: u32) -> String {
        format!("R{number:07}")
    }

    /// A child; two of three share household, family name and address with the one before.
    pub fn child(&self, number: u32) -> Child {
        let house = number - number % 2;
        let postcode = draw(house, 3) % 1_500_000;
        let (area, unit) = (postcode / 500, postcode % 500);
        let letter = |at: u64| char::from(b'A' + (at % 20) as u8);
        Child {
            id: self.id(number),
            forename: self.given[often_first(draw(number, 4), self.given.len())].clone(),
            middle_names: self.given[often_first(draw(number, 5), self.given.len())].clone(),
            surname: self.families[often_first(draw(house, 6), self.families.len())].clone(),
            born: Some(born(draw(number, 7))),
            sex: Some(if draw(number, 8).is_multiple_of(2) { Sex::Female } else { Sex::Male }),
            address: format!(
                "{} {} Road",
                draw(house, 10) % 140 + 1,
                self.families[(draw(house, 11) % 9_000) as usize]
            ),
            postcode: format!(
                "{}{}{} {}{}{}",
                letter(area / 20),
                letter(area),
                area / 400 + 1,
                unit / 50,
                letter(unit % 50),
                letter(unit / 3)
            ),
            upn: format!("A{:012}", draw(number, 12) % 1_000_000_000_000),
            ..Child::default()
        }
    }

    /// A child as police might type it, and who it is.
    pub fn sought(&self, turn: u32) -> (u32, Sought) {
        let number = (draw(turn, 20) % u64::from(self.children)) as u32;
        let child = self.child(number);
        let chance = |purpose: u64, per_mille: u64| draw(turn, purpose) % 1000 < per_mille;
        let mut sought = Sought {
            forename: child.forename,
            surname: child.surname,
            born: child.born.map_or(Born::Unknown, Born::Day),
            age: None,
            on: Some(date(2026, 1, 5)),
            sex: child.sex.filter(|_| !chance(21, 50)),
            address: child.address,
            postcode: child.postcode,
            ..Sought::default()
        };
        if chance(22, 60) {
            let age = child.born.map(|born| u16::try_from(2026 - born.year()).unwrap_or_default());
            (sought.born, sought.age) = (Born::Unknown, age);
        }
        if chance(23, 40) {
            sought.born = child
                .born
                .and_then(|born| Date::new(born.year(), born.month(), 1 + born.day() % 28).ok())
                .map_or(Born::Unknown, Born::Day);
        }
        if chance(24, 180) {
            let other = self.child((draw(turn, 25) % u64::from(self.children)) as u32);
            (sought.address, sought.postcode) = (other.address, other.postcode);
        } else if chance(26, 50) {
            sought.postcode.clear();
        }
        if chance(27, 90) && sought.forename.len() > 2 {
            sought.forename.remove(1);
        }
        if chance(28, 80) && sought.surname.len() > 3 {
            sought.surname.remove(2);
        }
        if chance(29, 30) {
            sought.surname = self.families[often_first(draw(turn, 30), self.families.len())].clone();
        }
        (number, sought)
    }
}

fn born(draw: u64) -> Date {
    date(2008, 1, 1).saturating_add(jiff::Span::new().days((draw % 6_574) as i64))
}

/// A word of so many syllables.
fn word(draw: u64, syllables: usize) -> String {
    const STARTS: [&str; 24] = [
        "b", "br", "c", "ch", "d", "dr", "f", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "r", "s", "sh",
        "st", "t", "th", "v", "w",
    ];
    const MIDDLES: [&str; 10] = ["a", "e", "i", "o", "u", "ai", "ee", "ou", "ar", "er"];
    const ENDS: [&str; 12] = ["", "n", "l", "s", "r", "ck", "ng", "m", "t", "d", "nd", "st"];
    let mut rest = draw;
    let mut take = |from: &[&'static str]| {
        let part = from[(rest % from.len() as u64) as usize];
        rest = (rest / from.len() as u64) ^ draw.rotate_left(17);
        part
    };
    (0..syllables).flat_map(|_| [take(&STARTS), take(&MIDDLES), take(&ENDS)]).collect()
}
