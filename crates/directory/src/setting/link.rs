//! Links between establishments of the school register: which became which.

use std::io::{Read, Seek};

use jiff::civil::Date;
use serde::Serialize;

use crate::Error;
use crate::report::Problem;
use crate::text::{Column, Fields, Format, Limits, Reader};
use crate::value::{Identifier, Scheme, date};

const URN: Column = Column::required("URN");
const OTHER: Column = Column::required("LinkURN");
const RELATION: Column = Column::required("LinkType");
const SINCE: Column = Column::required("LinkEstablishedDate");

/// The columns read.
pub const FORMAT: Format =
    Format { name: "school register links", columns: &[URN, OTHER, RELATION, SINCE], header_within: 1 };

/// What the other establishment is to this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The other took this one's place, as an academy does at conversion.
    Successor,
    /// This one took the other's place.
    Predecessor,
    /// The other is one of several that it went into, or was made of several: contacts are not carried over unseen.
    PartSuccessor,
    /// The other is one of several that this one was made of, or was divided into several.
    PartPredecessor,
    /// Anything else: sixth-form centres, expansions, closures.
    Other,
}

impl Relation {
    fn of(words: &str) -> Self {
        let words = words.to_ascii_lowercase();
        match words.as_str() {
            "successor" => Self::Successor,
            "predecessor" => Self::Predecessor,
            _ if words.starts_with("successor") => Self::PartSuccessor,
            _ if words.starts_with("predecessor") => Self::PartPredecessor,
            _ => Self::Other,
        }
    }
}

/// One link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// This establishment.
    pub urn: Identifier,
    /// The other one.
    pub other: Identifier,
    /// What the other one is to this one.
    pub relation: Relation,
    /// Since when, where known.
    pub since: Option<Date>,
}

/// Reads the links extract.
///
/// # Errors
/// When the whole file is refused, see [`Error`].
pub fn read<R: Read + Seek>(source: R, limits: &Limits) -> Result<Reader<R, Link>, Error> {
    Reader::new(source, limits, &FORMAT, key, parse)
}

fn key(link: &Link) -> String {
    format!("{} {} {:?} {:?}", link.urn.value, link.other.value, link.relation, link.since)
}

fn parse(fields: &mut Fields<'_>) -> Result<Link, Problem> {
    Ok(Link {
        urn: fields.needed(URN, |text| Identifier::new(Scheme::Urn, text))?,
        other: fields.needed(OTHER, |text| Identifier::new(Scheme::Urn, text))?,
        relation: Relation::of(&fields.required(RELATION)?),
        since: fields.lenient(SINCE, date),
    })
}
