//! What a force tells us, read so that as little as possible stands in the way of a child being looked up.
//!
//! Only what we cannot act without is required. Every other field that is wrong is *set aside*: it stays in the
//! original value, which the caller keeps, is absent in the types here, and is reported as a [`Mark`]. Each type is
//! declared once, by `record!` or `words!`; its documentation, its place in the JSON Schema and its reader come from
//! that one declaration, so they cannot drift apart.
//!
//! No type here shows what it holds when it is printed for debugging.

mod child;
mod children;
mod date;
mod fields;
mod hash;
mod mark;
mod number;
mod person;
mod reading;
mod record;
mod report;
mod safety;
pub mod schema;
mod stated;
mod tally;
mod text;
mod unknown;
mod withdrawal;
pub(crate) mod words;

pub use child::{Child, LookUp, NotToBeNotified, Relationship};
pub use children::Children;
pub(crate) use date::instant;
pub use date::{BirthDate, PartialDate};
pub use fields::{Condition, Field, Kind, Need, Object, Word};
pub use hash::content_hash;
pub use mark::{Mark, Pointer, Problem};
pub use number::{Age, NhsNumber, Postcode, Upn, Version};
pub use person::{Address, Adult, Name};
pub(crate) use report::usable;
pub use report::{
    EarlierIncidents, Happened, Incident, KnownBy, Named, SafetyPlan, is_time_made, version_or_time,
};
pub use safety::{Order, Referral, Referrals, Safety, is_restricted};
pub use stated::Stated;
pub use tally::Tally;
pub use text::{Key, Label, Line, Prose};
pub use unknown::unknown_names;
pub use withdrawal::Withdrawal;
pub use words::{
    Abuse, AddressKind, AdultRole, ChildrenChecked, NameKind, OrderKind, RelationshipKind, RiskGrade, Sex,
    SpokenToBy, WithheldBecause,
};

/// How many children one incident may name. More is refused, because a child may not be set aside.
pub const CHILDREN_MAX: usize = 50;
/// How many items any other list may have; what follows is set aside and marked.
pub const ITEMS_MAX: usize = 50;
/// How many marks are kept for one incident; the rest are counted.
pub const MARKS_MAX: usize = 100;
/// How far ahead of our receipt a time may lie before it counts as future: two machines' clocks differ.
pub const CLOCK_SKEW: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);
