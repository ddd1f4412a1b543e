//! Candidates side by side: what agrees and what does not, a bar for each field, and what it comes to.

use askama::Template;
use askama::filters::HtmlSafe;
use encompass_core::id::EntryId;
use encompass_core::incident::PartialDate;
use encompass_matching::adult::Tie;
use encompass_matching::{Compared, Scored, Seen, Standing, Weighed, points};
use encompass_store::resolve::Outlook;
use encompass_web::page::{Row, SummaryList};
use jiff::civil::Date;

use super::agreement::{chance, label, said};
use super::names::Names;
use super::outlook::Foreseen;
use super::register::Registers;
use crate::case::Reported;

/// Points that fill a bar.
const BAR_FULL: i32 = 80;
/// Half of a bar's width, in the units of its picture.
const BAR_HALF: i32 = 60;

/// The candidates of a child, with a box to tick for each where the reader may decide.
#[derive(Template)]
#[template(path = "part/candidates.html")]
pub(crate) struct Candidates<'a> {
    /// What police said, in the same fields.
    pub police: SummaryList<'a>,
    /// The candidates, best first.
    pub cards: Vec<Card<'a>>,
    /// Whether the reader says who it is; then what is wrong with the answer, and whether "none" is ticked.
    pub asks: Option<Asks>,
}

impl HtmlSafe for Candidates<'_> {}

/// The question who it is.
pub(crate) struct Asks {
    /// What is wrong with the answer.
    pub error: Option<&'static str>,
    /// Whether none of them was ticked to be the child.
    pub none: bool,
}

/// One candidate.
pub(crate) struct Card<'a> {
    number: usize,
    entry: EntryId,
    name: String,
    register: String,
    points: Option<(String, String)>,
    facts: SummaryList<'a>,
    bars: Vec<Bar>,
    outlook: Option<Foreseen>,
    ticked: bool,
}

/// One field's part in the points.
struct Bar {
    label: String,
    said: String,
    points: i32,
}

impl Bar {
    fn new(label: &str, said: String, points: i32) -> Self {
        Self { label: label.to_owned(), said, points }
    }

    /// The points with their sign, a minus that is read out as one.
    fn signed(&self) -> String {
        signed(self.points)
    }

    fn width(&self) -> i32 {
        self.points.abs().min(BAR_FULL) * BAR_HALF / BAR_FULL
    }

    fn x(&self) -> i32 {
        if self.points < 0 { BAR_HALF - self.width() } else { BAR_HALF }
    }

    fn class(&self) -> &'static str {
        if self.points < 0 { "app-bar__against" } else { "app-bar__for" }
    }
}

/// Points with a sign.
pub(crate) fn signed(points: i32) -> String {
    if points > 0 { format!("+{points}") } else { minus(points) }
}

/// A number with a true minus, which is read out as one.
fn minus(number: i32) -> String {
    if number < 0 { format!("−{}", number.unsigned_abs()) } else { number.to_string() }
}

/// What a card is made with.
pub(crate) struct With<'a> {
    pub names: &'a Names,
    pub registers: &'a Registers,
    /// The birth date as police said it.
    pub born: Option<Date>,
    pub ticked: &'a [EntryId],
    /// Whom each would be told to; nothing where nobody decides.
    pub outlooks: &'a [Outlook],
    /// A person says each setting.
    pub is_guarded: bool,
}

/// The cards of these candidates, in their order.
pub(crate) fn cards(candidates: &[&Weighed], with: &With<'_>) -> Vec<Card<'static>> {
    candidates.iter().enumerate().map(|(at, candidate)| card(at + 1, candidate, with)).collect()
}

fn card(number: usize, candidate: &Weighed, with: &With<'_>) -> Card<'static> {
    let written = &candidate.written;
    Card {
        number,
        entry: candidate.entry,
        name: format!("{} {}", written.given, written.family),
        register: with.registers.name(candidate.register).to_owned(),
        points: candidate.scored.as_ref().map(|scored| (minus(points(scored.score)), chance(scored.score))),
        facts: SummaryList { rows: facts(candidate, with) },
        bars: candidate.scored.as_ref().map(bars).unwrap_or_default(),
        outlook: with
            .outlooks
            .iter()
            .find(|outlook| outlook.entry == candidate.entry)
            .map(|outlook| Foreseen::of(outlook, with.names, with.is_guarded)),
        ticked: with.ticked.contains(&candidate.entry),
    }
}

fn facts(candidate: &Weighed, with: &With<'_>) -> Vec<Row<'static>> {
    let written = &candidate.written;
    let verdict = |compared: Compared| match compared {
        Compared::Agrees => "agrees",
        Compared::Differs => "differs",
        Compared::NotKnown => "not known on one side",
    };
    let parts =
        with.born.map_or_else(|| verdict(candidate.birth_date).to_owned(), |born| parts(born, written.born));
    let born = format!("{} – {parts}", written.born.strftime("%-d %B %Y"));
    let district = written.postcode.as_deref().map_or("not on the register", outward);
    let mut rows = vec![
        Row::text("Birth date", born),
        Row::text("Home", format!("{district} – postcode {}", verdict(candidate.postcode))),
    ];
    if candidate.scored.is_none() {
        rows.insert(0, Row::text("Name", verdict(candidate.names)));
    }
    let numbers = [("Pupil number", candidate.upn), ("NHS number", candidate.nhs_number)];
    // Scores have a bar for them.
    let known = numbers
        .into_iter()
        .filter(|(_, compared)| candidate.scored.is_none() && *compared != Compared::NotKnown);
    rows.extend(known.map(|(name, compared)| Row::text(name, verdict(compared))));
    rows.push(Row::text("Officer’s setting", verdict(candidate.officer)));
    rows.extend(candidate.enrolments.iter().map(|seen| Row::text("On roll", on_roll(seen, with.names))));
    rows.extend(candidate.is_stale.then(|| Row::text("Register", "past its stated age")));
    rows.extend(candidate.is_restricted.then(|| Row::text("Entry", "for named people only")));
    rows
}

fn on_roll(seen: &Seen, names: &Names) -> String {
    let tie = match seen.tie {
        Tie::None => "",
        Tie::MayBe => "; an adult in the incident may be a contact there",
        Tie::Same => "; an adult in the incident is a contact there",
    };
    format!("{}: {}{tie}", names.name(seen.setting), standing(seen.standing))
}

const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Current => "on roll",
        Standing::Ended => "no longer on roll",
        Standing::NotBegun => "not yet on roll",
        Standing::Guest => "a guest there, registered elsewhere",
        Standing::NotOpen => "closed, or not in the directory",
        Standing::Excluded => "said that the child is not there",
    }
}

/// Which parts of two whole birth dates agree.
fn parts(one: Date, other: Date) -> String {
    if one == other {
        return "the same".to_owned();
    }
    let same = [
        ("day", one.day() == other.day()),
        ("month", one.month() == other.month()),
        ("year", one.year() == other.year()),
    ];
    let of = |wanted: bool| {
        let names: Vec<&str> = same.iter().filter(|(_, is)| *is == wanted).map(|(name, _)| *name).collect();
        names.join(" and ")
    };
    match of(true).as_str() {
        "" => "another date".to_owned(),
        agree => format!("same {agree}, another {}", of(false)),
    }
}

/// The outward part of a postcode: some thousand homes.
pub(crate) fn outward(postcode: &str) -> &str {
    let trimmed = postcode.trim();
    match trimmed.split_once(' ') {
        Some((outward, _)) => outward,
        None => trimmed.char_indices().rev().nth(2).map_or("", |(at, _)| &trimmed[..at]),
    }
}

/// A bar for each field, and one for all that is no field, so that they add up to the points.
fn bars(scored: &Scored) -> Vec<Bar> {
    let mut bars: Vec<Bar> = scored
        .fields
        .iter()
        .map(|field| Bar::new(label(&field.name), said(&field.name, &field.level), points(field.weight)))
        .collect();
    let sum: i32 = bars.iter().map(|bar| bar.points).sum();
    let rest = points(scored.score) - sum;
    let text = "the size of the register, the other candidates, brothers and sisters";
    bars.push(Bar::new("Everybody else", text.to_owned(), rest));
    bars
}

/// What police said of the child, in the fields of a candidate.
pub(crate) fn police(reported: Option<&Reported>) -> SummaryList<'static> {
    let Some(reported) = reported else { return SummaryList { rows: Vec::new() } };
    let mut rows = reported.identity();
    let child = reported.child();
    let addresses = child.addresses.items().iter().filter_map(|address| address.postcode.known());
    let mut districts: Vec<&str> = addresses.map(|postcode| outward(postcode)).collect();
    districts.dedup();
    if !districts.is_empty() {
        rows.push(Row::text("Home", districts.join(", ")));
    }
    rows.extend(child.setting.known().map(|setting| Row::text("Setting", setting.to_string())));
    SummaryList { rows }
}

/// The whole birth date that police said.
pub(crate) fn born(reported: Option<&Reported>) -> Option<Date> {
    match reported?.child().birth_date.known()?.0 {
        PartialDate::Day(day) => Some(day),
        PartialDate::Month { .. } | PartialDate::Year(_) => None,
    }
}

impl Card<'_> {
    /// The first box has the question's own id, so that the error summary leads to it.
    fn id(&self) -> String {
        if self.number == 1 { "entry".to_owned() } else { format!("entry-{}", self.number) }
    }
}

#[cfg(test)]
mod tests {
    use encompass_matching::weigh::Field;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn only_the_outward_part_of_a_postcode_is_shown() {
        for (postcode, shown) in
            [("ZZ1 4AB", "ZZ1"), ("zz14ab", "zz1"), ("ZZ10 4AB", "ZZ10"), ("Z1", ""), ("", ""), ("ZZ1", "")]
        {
            assert_eq!(outward(postcode), shown, "{postcode}");
        }
    }

    #[test]
    fn parts_of_birth_dates_are_named() {
        let born = date(2016, 5, 4);
        for (other, said) in [
            (date(2016, 5, 4), "the same"),
            (date(2015, 5, 4), "same day and month, another year"),
            (date(2016, 4, 5), "same year, another day and month"),
            (date(2010, 1, 1), "another date"),
        ] {
            assert_eq!(parts(born, other), said);
        }
    }

    #[test]
    fn bars_add_up_to_the_points() {
        let field =
            |name: &str, level: &str, weight| Field { name: name.into(), level: level.into(), weight };
        let scored = Scored {
            score: 8.3,
            probability: 0.999,
            is_earned: false,
            found_by: Vec::new(),
            fields: vec![
                field("first name", "exact", 6.21),
                field("family name", "close a", 5.03),
                field("birth date", "differs", -4.4),
            ],
        };
        let bars = bars(&scored);
        assert_eq!(bars.iter().map(|bar| bar.points).sum::<i32>(), points(8.3));
        let shown: Vec<_> = bars.iter().map(|bar| (bar.x(), bar.width(), bar.signed())).collect();
        assert_eq!(shown[0], (60, 20, "+27".to_owned()));
        assert_eq!(shown[2], (46, 14, "−19".to_owned()));
    }
}
