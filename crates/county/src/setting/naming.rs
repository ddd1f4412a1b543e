//! Names of settings, with the namesakes that every county has.

use super::Kind;
use crate::places;
use crate::random::Random;

/// The forms in which a primary school with a saint's name is registered.
const CHURCH: [&str; 7] = [
    "Church of England Primary School",
    "C of E (VA) Primary School",
    "RC Primary School",
    "Catholic Primary School",
    "JMI School",
    "CofE VC Infant School",
    "Church of England Academy",
];

/// A name for a setting of the kind in the town; names repeat, as they do in the real register.
pub(super) fn name(random: &mut Random, kind: Kind, town: &str) -> String {
    match kind {
        Kind::Primary if random.percent(45) => {
            let saint = if random.percent(35) { places::SAINTS[0] } else { random.pick(&places::SAINTS) };
            format!("{saint} {}", random.pick(&CHURCH))
        }
        Kind::Primary if random.percent(30) => format!("{town} Community Primary School"),
        Kind::Primary => {
            let form = random.pick(&["Primary School", "Primary Academy", "Junior School", "Infant School"]);
            format!("{} {form}", random.pick(&places::TREES))
        }
        Kind::Secondary => {
            let form = random.pick(&["School", "Academy", "High School", "College", "Girls' School"]);
            format!("{} {form}", random.pick(&places::FOUNDERS))
        }
        Kind::Special => format!("{} School", random.pick(&places::TREES)),
        Kind::Referral => format!("{town} Pupil Referral Unit"),
        Kind::Independent => {
            let form = random.pick(&["Preparatory School", "School", "House School"]);
            format!("{} {form}", random.pick(&places::FOUNDERS))
        }
        Kind::College => format!("{town} College"),
        Kind::EarlyYears => {
            let form = random.pick(&["Pre-School", "Day Nursery", "Nursery", "Playgroup"]);
            format!("{} {form}", random.pick(&places::EARLY))
        }
        Kind::Childminder => format!("{} Childminding", random.pick(&places::MINDERS)),
        Kind::HealthVisiting => format!("{town} Health Visiting Team"),
        Kind::Maternity => format!("{town} Maternity Safeguarding"),
        Kind::Officer => format!("{town} Council Education Welfare Officer"),
        Kind::Force => "Nethershire Police".to_owned(),
    }
}

/// A register type that suits the kind and the name: code and name as the school register writes them.
pub(super) fn register_type(random: &mut Random, kind: Kind, name: &str) -> (&'static str, &'static str) {
    match kind {
        Kind::Primary if name.contains("VC") => ("3", "Voluntary controlled school"),
        Kind::Primary | Kind::Secondary if name.contains("Academy") => ("34", "Academy converter"),
        Kind::Primary if name.contains("C of E") || name.contains("RC") || name.contains("Catholic") => {
            ("2", "Voluntary aided school")
        }
        Kind::Primary => ("1", "Community school"),
        Kind::Secondary => {
            random.pick(&[("1", "Community school"), ("5", "Foundation school"), ("35", "Free schools")])
        }
        Kind::Special => ("7", "Community special school"),
        Kind::Referral => ("14", "Pupil referral unit"),
        Kind::Independent => ("11", "Other independent school"),
        Kind::College => ("18", "Further education"),
        Kind::EarlyYears
        | Kind::Childminder
        | Kind::HealthVisiting
        | Kind::Maternity
        | Kind::Officer
        | Kind::Force => ("", ""),
    }
}
