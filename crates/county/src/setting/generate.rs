//! Makes the settings of a county.

use super::{Dates, Identifier, Kind, Setting, naming};
use crate::places::{self, AUTHORITIES};
use crate::random::Random;
use jiff::civil::time;
use std::collections::HashSet;

/// How many of a hundred settings are of each kind; every authority gets at least one of each.
const SHARES: [(Kind, usize); 8] = [
    (Kind::Primary, 46),
    (Kind::Secondary, 10),
    (Kind::Special, 3),
    (Kind::Referral, 1),
    (Kind::Independent, 4),
    (Kind::College, 1),
    (Kind::EarlyYears, 21),
    (Kind::Childminder, 14),
];

/// Teams, of which every authority of our force has one each; they come on top of the number asked for.
const TEAMS: [Kind; 3] = [Kind::HealthVisiting, Kind::Maternity, Kind::Officer];

/// About `wanted` settings: a half in the first authority, a third in the second, the rest over the border.
pub(crate) fn settings(seed: u64, wanted: usize) -> Vec<Setting> {
    let mut maker =
        Maker { random: Random::keyed(seed, "settings"), made: Vec::new(), taken: HashSet::new() };
    for (authority, share) in [(0, 50), (1, 35), (2, 15)] {
        for (kind, percent) in SHARES {
            for _ in 0..(wanted * share * percent / 10_000).max(1) {
                maker.add(kind, authority);
            }
        }
        if authority < 2 {
            for kind in TEAMS {
                maker.add(kind, authority);
            }
        }
    }
    maker.add(Kind::Force, 2);
    maker.made
}

/// The settings made so far.
struct Maker {
    random: Random,
    made: Vec<Setting>,
    /// Names with towns and host names that are taken: namesakes stand in different towns.
    taken: HashSet<String>,
}

impl Maker {
    fn add(&mut self, kind: Kind, authority: usize) {
        let (town, name) = self.place(kind, authority);
        let index = self.made.len();
        let register_type = naming::register_type(&mut self.random, kind, &name);
        let address = places::premises(&mut self.random, town, index);
        let host = self.host(&name, town);
        let opens = self.opens(kind);
        self.made.push(Setting {
            index,
            kind,
            authority,
            identifier: identifier(kind, index, authority),
            address,
            telephone: places::landline(index),
            dates: dates(&mut self.random, kind, register_type.0),
            opens,
            ages: ages(kind, &name),
            register_type,
            host,
            sends_register: authority < 2 && (kind > Kind::Childminder || !self.random.percent(4)),
            name,
        });
    }

    /// A town and a name that no other setting of the kind has there.
    fn place(&mut self, kind: Kind, authority: usize) -> (&'static str, String) {
        let towns = AUTHORITIES[authority].towns;
        for _ in 0..400 {
            let town = if kind > Kind::Childminder { towns[0] } else { self.random.pick(towns) };
            let name = naming::name(&mut self.random, kind, town);
            if self.taken.insert(format!("{name}, {town}")) {
                return (town, name);
            }
        }
        let (town, number) = (towns[0], self.made.len());
        (town, format!("{} ({number})", naming::name(&mut self.random, kind, town)))
    }

    fn host(&mut self, name: &str, town: &str) -> String {
        let label = places::label(&format!("{} {}", places::label(town), name));
        let host = if self.taken.contains(&label) { format!("{label}-{}", self.made.len()) } else { label };
        self.taken.insert(host.clone());
        format!("{host}.example")
    }

    fn opens(&mut self, kind: Kind) -> Option<jiff::civil::Time> {
        if kind > Kind::Childminder {
            return Some(time(9, 0, 0, 0));
        }
        let usual = if kind.in_early_years_register() { (7, [30, 45, 50]) } else { (8, [30, 40, 50]) };
        (!self.random.percent(25)).then(|| time(usual.0, self.random.pick(&usual.1), 0, 0))
    }
}

fn identifier(kind: Kind, index: usize, authority: usize) -> Identifier {
    let code = AUTHORITIES[authority].code;
    let (scheme, value) = match kind {
        Kind::EarlyYears | Kind::Childminder => ("ofsted", format!("EY9{index:05}")),
        Kind::HealthVisiting => ("own", format!("hv-{code}")),
        Kind::Maternity => ("own", format!("maternity-{code}")),
        Kind::Officer => ("authority", code.to_owned()),
        Kind::Force => ("force", places::NEIGHBOUR.to_owned()),
        Kind::Primary
        | Kind::Secondary
        | Kind::Special
        | Kind::Referral
        | Kind::Independent
        | Kind::College => ("urn", format!("{}", 990_001 + index)),
    };
    Identifier { scheme, value }
}

/// The authority sets the dates of community, voluntary controlled and community special schools (Education Act 2002,
/// section 32); all others set their own, and not all of them have sent them.
fn dates(random: &mut Random, kind: Kind, register_type: &str) -> Dates {
    let sent = random.percent(if kind == Kind::EarlyYears { 30 } else { 85 });
    match kind {
        Kind::HealthVisiting | Kind::Maternity | Kind::Officer | Kind::Force => Dates::WorkingDays,
        Kind::Childminder => Dates::Unknown,
        _ if matches!(register_type, "1" | "3" | "7") => Dates::Authority,
        _ if sent => Dates::Own,
        _ => Dates::Unknown,
    }
}

fn ages(kind: Kind, name: &str) -> (i8, i8) {
    match kind {
        Kind::Primary if name.contains("Junior") => (7, 10),
        Kind::Primary if name.contains("Infant") => (3, 6),
        Kind::Primary => (3, 10),
        Kind::Secondary => (11, 17),
        Kind::Special | Kind::Independent => (4, 17),
        Kind::Referral => (11, 15),
        Kind::College => (16, 18),
        Kind::EarlyYears | Kind::Childminder | Kind::HealthVisiting => (0, 4),
        Kind::Maternity | Kind::Officer | Kind::Force => (0, 17),
    }
}
