//! How alike two children are, field by field, in levels.

mod birth;
mod family;
mod given;
pub(crate) mod group;
mod home;
mod level;

pub(crate) use birth::birth;
pub(crate) use family::{family, family_words};
pub(crate) use given::{given, given_words};
pub(crate) use home::{Address, Places, home};
pub use level::{Agreement, Birth, Family, Given, Home, Level, Line, Place};
