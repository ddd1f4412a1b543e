//! The load of the benchmark: a register of one school, and incidents of one child each that match it exactly.

use crate::files::{self, Roll};
use crate::names;
use crate::people::upn;
use crate::places::{self, FORCE};
use crate::random::Random;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde_json::{Value, json};

/// Size of an event in structured mode, in bytes.
pub const EVENT_BYTES: usize = 3072;

/// One school, its lead and a register of its children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workload {
    /// How many children the register has.
    pub children: usize,
    /// The day that the files show.
    pub on: Date,
}

/// A child of the workload.
struct Pupil {
    given: &'static str,
    family: String,
    birth_date: Date,
    line: String,
    postcode: String,
}

impl Workload {
    /// URN of the school.
    pub const SCHOOL: &'static str = "999001";

    /// Address of its lead, whom everything is sent to.
    pub const LEAD: &'static str = "safeguarding@marlpit-academy.example";

    /// The school as the school register's extract.
    #[must_use]
    pub fn gias(&self) -> Vec<u8> {
        files::one_school(Self::SCHOOL, "Marlpit Academy", "Wexcombe")
    }

    /// Its lead as a file of contacts.
    #[must_use]
    pub fn contacts(&self) -> Vec<u8> {
        files::one_contact(Self::SCHOOL, "Wendy Jellicoe", Self::LEAD)
    }

    /// The register of its children.
    #[must_use]
    pub fn register(&self) -> Vec<u8> {
        let rolls = (0..self.children).map(|place| {
            let pupil = self.pupil(place);
            Roll {
                child_id: format!("B{place:07}"),
                given: pupil.given.to_owned(),
                family: pupil.family,
                birth_date: pupil.birth_date.to_string(),
                address: pupil.line,
                postcode: pupil.postcode,
                setting: Self::SCHOOL.to_owned(),
                from: self.on.saturating_sub(200.days()).to_string(),
                upn: upn("981", place, self.on.year() - 6),
            }
        });
        files::one_register(rolls)
    }

    /// The incident with that number as a structured event published at the moment, with its key: the child is the
    /// register's child of the same number, counted round.
    #[must_use]
    pub fn event(&self, number: usize, at: Timestamp) -> (String, Vec<u8>) {
        let reference = format!("BX-{number:08}");
        let mut event = json!({
            "specversion": "1.0",
            "id": format!("bx-{number:08}"),
            "source": "https://records.wexcombe-police.example/incidents",
            "type": "encompass.incident.reported.v1",
            "time": at.to_string(),
            "datacontenttype": "application/json",
            "data": self.data(number, &reference, at),
        });
        let missing = EVENT_BYTES.saturating_sub(event.to_string().len());
        event["data"]["circumstances"] = json!(filler(missing));
        (reference, event.to_string().into_bytes())
    }

    fn data(&self, number: usize, reference: &str, at: Timestamp) -> Value {
        let pupil = self.pupil(number % self.children.max(1));
        let address = json!({ "lines": [pupil.line, "Wexcombe"], "postcode": pupil.postcode });
        let earlier = |minutes| (at - SignedDuration::from_mins(minutes)).to_string();
        let adult = |place: usize, role: &str| {
            let mut random = Random::keyed(number as u64, role);
            let tradition = names::tradition(&mut random);
            let given = names::given(&mut random, tradition, place == 0);
            json!({
                "adult_ref": format!("adult-{}", place + 1),
                "role": role,
                "names": [{ "given": given, "family": pupil.family }],
                "address": address,
            })
        };
        json!({
            "force": FORCE,
            "reference": reference,
            "version": 1,
            "known_at": earlier(30),
            "happened": { "from": earlier(60), "to": earlier(30) },
            "recorded_at": earlier(10),
            "published_at": at.to_string(),
            "abuse": ["physical"],
            "risk_grade": "medium",
            "place": address,
            "circumstances": "",
            "children_checked": "all_named",
            "adults": [adult(0, "victim"), adult(1, "suspect")],
            "safety": { "may_speak_to_parents": false },
            "children": [{
                "child_ref": "p-1",
                "names": [{ "given": pupil.given, "family": pupil.family }],
                "birth_date": pupil.birth_date.to_string(),
                "addresses": [address],
                "present": true,
                "seen": true,
                "spoken_to": false,
                "setting": "Marlpit Academy, Wexcombe",
            }],
        })
    }

    /// Names, birth date and home of a child: no two of the register share names and birth date.
    fn pupil(&self, place: usize) -> Pupil {
        let round = place / (HEADS.len() * MIDDLES.len() * ENDINGS.len());
        let (head, rest) = (place % HEADS.len(), place / HEADS.len());
        let (middle, ending) = (rest % MIDDLES.len(), rest / MIDDLES.len() % ENDINGS.len());
        let days = i64::try_from(5 * 365 + place * 7919 % 3989).expect("days of twenty years");
        Pupil {
            given: names::given_at(place + 37 * round + rest),
            family: format!("{}{}{}", HEADS[head], MIDDLES[middle], ENDINGS[ending]),
            birth_date: self.on.saturating_sub(days.days()),
            line: format!("{} {}", 1 + place % 148, places::home_street(place / 7)),
            postcode: places::postcode(
                ["ZZ1", "ZZ2", "ZZ3", "ZZ4", "ZZ5", "ZZ6", "ZZ7", "ZZ8"][place % 8],
                place / 8,
            ),
        }
    }
}

/// Parts of some twenty thousand family names, about as many as a hundred thousand children have.
const HEADS: [&str; 24] = [
    "Al", "Bran", "Cor", "Dun", "El", "Fen", "Gil", "Har", "Is", "Jol", "Kel", "Lam", "Mor", "Nor", "Os",
    "Pen", "Quar", "Rad", "Sel", "Tor", "Ul", "Ven", "Wal", "Yar",
];
const MIDDLES: [&str; 24] = [
    "a", "be", "cu", "da", "e", "fi", "go", "hu", "i", "ke", "li", "mo", "ne", "o", "pi", "ra", "se", "ti",
    "u", "va", "we", "ye", "zo", "sho",
];
const ENDINGS: [&str; 36] = [
    "bank", "bourne", "bridge", "bury", "by", "combe", "cote", "dale", "den", "don", "field", "fold", "ford",
    "gate", "ham", "hurst", "ing", "kin", "land", "ley", "man", "mere", "more", "ness", "port", "ridge",
    "shaw", "sley", "stead", "ston", "thorpe", "ton", "wald", "wick", "worth", "yard",
];

/// Text of exactly that many bytes.
fn filler(bytes: usize) -> String {
    const SENTENCE: &str =
        "Neighbour called after hearing shouting; officers attended and spoke to both adults apart. ";
    SENTENCE.chars().cycle().take(bytes).collect()
}
