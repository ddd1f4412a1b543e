//! One child in forty-eight bytes.

use jiff::civil::Date;

use crate::person::Sex;

/// A child, its texts by their numbers in the dictionaries.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Record {
    /// First name.
    pub given: u32,
    /// Family name.
    pub family: u32,
    /// Preferred first name.
    pub preferred: u32,
    /// The first two words of the middle names.
    pub middle: [u32; 2],
    /// Postcode.
    pub postcode: u32,
    /// Street.
    pub street: u32,
    /// House and flat numbers, hashed; 0 for none.
    pub house: u32,
    /// Birth date, packed; 0 for none.
    pub born: u32,
    /// Unique pupil number, hashed; 0 for none.
    pub upn: u32,
    /// NHS number, hashed; 0 for none.
    pub nhs: u32,
    /// Sex, whether the child is (still) on the register, and whether this is a further writing of it.
    pub state: u32,
}

/// What of a child's address a register has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// Nothing that a household could be told by.
    Nothing,
    /// House and street without a postcode.
    Line,
    /// A postcode without a street: those of one family name there are taken for a household.
    Postcode,
    /// All of it.
    Whole,
}

const GIRL: u32 = 1;
const BOY: u32 = 2;
const GONE: u32 = 4;
const FURTHER: u32 = 8;

impl Record {
    pub fn born(&self) -> Option<Date> {
        unpacked(self.born)
    }

    pub fn sex(&self) -> Option<Sex> {
        match self.state & 3 {
            GIRL => Some(Sex::Female),
            BOY => Some(Sex::Male),
            _ => None,
        }
    }

    pub fn set_sex(&mut self, sex: Option<Sex>) {
        self.state |= match sex {
            Some(Sex::Female) => GIRL,
            Some(Sex::Male) => BOY,
            None => 0,
        };
    }

    pub const fn is_gone(&self) -> bool {
        self.state & GONE != 0
    }

    pub const fn leave(&mut self) {
        self.state |= GONE;
    }

    /// Whether this is another writing of the child before.
    pub const fn is_further(&self) -> bool {
        self.state & FURTHER != 0
    }

    pub const fn make_further(&mut self) {
        self.state |= FURTHER;
    }

    /// Whether two writings of one child say the same.
    pub fn is_written_like(&self, other: &Self) -> bool {
        Self { state: other.state, ..*self } == *other
    }

    /// Whether two children live at one address, as far as both are known.
    pub const fn shares_home(&self, other: &Self) -> bool {
        let is_one_postcode = self.postcode == other.postcode;
        match (self.written(), other.written()) {
            (Written::Nothing, _) | (_, Written::Nothing) => false,
            (Written::Postcode, Written::Postcode) => is_one_postcode && self.family == other.family,
            _ => {
                let is_one_line = self.house == other.house && self.street == other.street;
                is_one_line && (is_one_postcode || self.postcode == 0 || other.postcode == 0)
            }
        }
    }

    /// What of an address there is to tell a household by.
    pub const fn written(&self) -> Written {
        match (self.street, self.house, self.postcode) {
            (0, _, 0) | (_, 0, 0) => Written::Nothing,
            (0, _, _) => Written::Postcode,
            (_, _, 0) => Written::Line,
            _ => Written::Whole,
        }
    }
}

/// What is added to a year in a packed date, so that none is negative.
pub(crate) const YEAR_ZERO: i32 = 10_000;

/// A date in one number that sorts as the date does; never 0.
pub(crate) fn packed(date: Date) -> u32 {
    let year = u32::try_from(i32::from(date.year()) + YEAR_ZERO).unwrap_or_default();
    year << 9 | u32::from(date.month().unsigned_abs()) << 5 | u32::from(date.day().unsigned_abs())
}

fn unpacked(born: u32) -> Option<Date> {
    let year = i16::try_from(i64::from(born >> 9) - i64::from(YEAR_ZERO)).ok()?;
    Date::new(year, i8::try_from(born >> 5 & 15).ok()?, i8::try_from(born & 31).ok()?).ok()
}
