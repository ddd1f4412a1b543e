//! The levels of agreement of each field.

use serde::{Deserialize, Serialize};

/// How one field agrees, and how probable that is between the child looked for and a random child of the register.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement<L> {
    /// The level.
    pub level: L,
    /// Its probability by chance, over 0, at most 1. Fellegi and Sunter's u, for this very value (term frequency).
    pub chance: f32,
}

impl<L> Agreement<L> {
    pub(crate) fn new(level: L, chance: f64) -> Self {
        Self { level, chance: chance.clamp(1e-9, 1.0) as f32 }
    }

    /// A level that says nothing: as probable by chance as for the same child.
    pub(crate) fn silent(level: L) -> Self {
        Self { level, chance: 1.0 }
    }
}

/// A field's levels: an ordered list, cut into forms. Within a form (a full date, an initial, …) the rates of all
/// levels add up to 1, so that a field written in part is held against what such a part can show.
pub trait Level: Copy + Ord + std::fmt::Debug + Serialize + 'static {
    /// Every level, by its number.
    const ALL: &'static [Self];

    /// Its number in `ALL`.
    fn number(self) -> usize;

    /// The form that the level belongs to; `None` when nothing is known on one side.
    fn form(self) -> Option<u8>;
}

macro_rules! levels {
    ($(#[$doc:meta])* $name:ident { $($(#[$level:meta])* $variant:ident = $form:expr),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$level])* $variant),+ }

        impl Level for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn number(self) -> usize {
                self as usize
            }

            fn form(self) -> Option<u8> {
                match self { $(Self::$variant => $form),+ }
            }
        }
    };
}

levels! {
    /// How a first name agrees.
    Given {
        /// First name and a middle name, both as on the register.
        Full = Some(0),
        /// The first name.
        Exact = Some(0),
        /// The preferred name.
        Preferred = Some(0),
        /// One half of a double first name, or the first name with more after it.
        Part = Some(0),
        /// A short or pet form, or another spelling known to stand for it.
        Nickname = Some(0),
        /// A middle name.
        Middle = Some(0),
        /// First and middle name, nearly.
        FullClose = Some(0),
        /// Sounds or looks nearly the same.
        CloseA = Some(0),
        /// A letter or two apart.
        CloseB = Some(0),
        /// Further apart, but alike.
        CloseC = Some(0),
        /// Close to the preferred name, a middle name, a half or a short form.
        OtherClose = Some(0),
        /// Another name.
        Different = Some(0),
        /// An initial, that of the first name.
        Initial = Some(1),
        /// An initial, that of a middle or the preferred name.
        InitialOther = Some(1),
        /// An initial of another name.
        InitialDiffers = Some(1),
        /// Not known on one side.
        Missing = None,
    }
}

impl Given {
    /// Whether it speaks for being the same child at all.
    pub const fn is_positive(self) -> bool {
        !matches!(self, Self::Different | Self::InitialDiffers | Self::Missing)
    }
}

levels! {
    /// How a family name agrees.
    Family {
        /// The same.
        Exact = Some(0),
        /// But for Mc, Mac, O', Al- and the like.
        Particle = Some(0),
        /// One half of a double name, or one of two family names.
        Half = Some(0),
        /// The other sex's form, as in Polish.
        Gendered = Some(0),
        /// Singh or Kaur on one side, the family's name on the other.
        Faith = Some(0),
        /// Another spelling known to stand for it.
        Variant = Some(0),
        /// Sounds or looks nearly the same.
        CloseA = Some(0),
        /// A letter or two apart.
        CloseB = Some(0),
        /// Further apart, but alike.
        CloseC = Some(0),
        /// Close to one half of a double name.
        HalfClose = Some(0),
        /// Another name.
        Different = Some(0),
        /// Not known on one side.
        Missing = None,
    }
}

levels! {
    /// How a birth date agrees.
    Birth {
        /// The day.
        Exact = Some(0),
        /// Day and month exchanged.
        Swapped = Some(0),
        /// One day off.
        DayOff = Some(0),
        /// The same day, a year or ten off.
        YearOff = Some(0),
        /// One digit differs.
        Digit = Some(0),
        /// Two of day, month and year are the same.
        TwoParts = Some(0),
        /// Another date.
        Differs = Some(0),
        /// 1 January, on both sides.
        JanuaryExact = Some(1),
        /// 1 January of the same year, as is written when only the year is known.
        JanuaryYear = Some(1),
        /// 1 January of another year.
        JanuaryDiffers = Some(1),
        /// Year and month.
        Month = Some(2),
        /// The month a year off, or a month beside it.
        MonthNear = Some(2),
        /// Another month.
        MonthDiffers = Some(2),
        /// The year.
        Year = Some(3),
        /// A year off.
        YearNear = Some(3),
        /// Another year.
        YearDiffers = Some(3),
        /// The stated age.
        Age = Some(4),
        /// A year from the stated age.
        AgeNear = Some(4),
        /// Another age.
        AgeDiffers = Some(4),
        /// Not known on one side.
        Missing = None,
    }
}

impl Family {
    /// Whether it speaks for being the same child at all.
    pub const fn is_positive(self) -> bool {
        !matches!(self, Self::Different | Self::Missing)
    }
}

/// How a postcode agrees; the first four of a whole one, the next two of an outward part alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The same.
    Exact,
    /// One character off.
    Near,
    /// The same outward part, or first half.
    Outward,
    /// Another.
    Differs,
    /// An outward part, the same.
    PartSame,
    /// An outward part, another.
    PartDiffers,
    /// Not known on one side.
    Unknown,
}

/// How house and street agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The same house.
    Same,
    /// The same number in a street of nearly the same name, or nearly the same number.
    Close,
    /// Another.
    Differs,
    /// Not known on one side.
    Unknown,
}

/// How an address agrees: postcode and line are one field, because one move changes both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Home(pub Place, pub Line);

impl Level for Home {
    const ALL: &'static [Self] = &HOMES;

    fn number(self) -> usize {
        self.0 as usize * 4 + self.1 as usize
    }

    fn form(self) -> Option<u8> {
        let place = match self.0 {
            Place::Unknown => 0,
            Place::PartSame | Place::PartDiffers => 1,
            _ => 2,
        };
        let line = u8::from(self.1 != Line::Unknown);
        (place + line > 0).then_some(place * 2 + line)
    }
}

const HOMES: [Home; 28] = {
    const PLACES: [Place; 7] = [
        Place::Exact,
        Place::Near,
        Place::Outward,
        Place::Differs,
        Place::PartSame,
        Place::PartDiffers,
        Place::Unknown,
    ];
    const LINES: [Line; 4] = [Line::Same, Line::Close, Line::Differs, Line::Unknown];
    let mut homes = [Home(Place::Unknown, Line::Unknown); 28];
    let mut at = 0;
    while at < 28 {
        homes[at] = Home(PLACES[at / 4], LINES[at % 4]);
        at += 1;
    }
    homes
};
