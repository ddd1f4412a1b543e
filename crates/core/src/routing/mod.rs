//! Who is told of a child, and on which legal basis. `config/routing/default.toml` is the documentation.
//!
//! A pure table, and a pure function over it: from what is known of a child, its enrolments and its home to the settings
//! that are told, each with its legal basis, or to a hold with a reason that a person understands. Never a guess.

mod age;
mod outside;
mod question;
mod route;
mod sentence;
mod table;
#[cfg(test)]
mod tests;

pub use age::{Aged, Ages};
pub use outside::is_outside;
pub use question::{Attendance, Enrolment, Home, LastDay, Question, Standing, Teams};
pub use route::{Gap, Held, Route, Target, Want, route};
pub use table::{Routing, Row, Stated, When, Whom};

/// The word for the duty of section 49A of the Domestic Abuse Act 2021.
pub const S49A: &str = "s49a";
