use std::collections::BTreeMap;

use jiff::civil::Date;

use super::super::child::{At, Child};
use super::super::row::{Address, named, numbered};
use super::super::shared::Shared;
use super::super::word::{Enrolment, Sex};
use crate::report::{Problem, Reason};
use crate::value::{Identifier, Scheme, birth_date, date, postcode, upn};

/// A school, as the file names it: in its header, or in a pupil's history.
#[derive(Clone, Default)]
pub(super) struct School {
    pub(super) line: u64,
    pub(super) authority: String,
    pub(super) number: String,
    pub(super) entry: String,
    pub(super) leaving: String,
}

impl School {
    /// The establishment; authorities and unknown schools stand there under letters.
    fn identifier(&self) -> Result<Identifier, Reason> {
        Identifier::new(Scheme::Establishment, &format!("{}/{}", self.authority.trim(), self.number.trim()))
    }
}

/// What is read of one pupil, by the elements' names.
#[derive(Default)]
pub(super) struct Pupil {
    pub(super) line: u64,
    pub(super) fields: BTreeMap<&'static str, String>,
    pub(super) history: Vec<School>,
    /// An element that stands there twice and says two things.
    pub(super) contradicted: Option<&'static str>,
}

/// The elements of a pupil that hold a value, by the last name; the same name elsewhere in a pupil is another thing.
pub(super) const FIELDS: &[(&[&str], &str)] = &[
    (&["UPN"], "UPN"),
    (&["Surname"], "Surname"),
    (&["Forename"], "Forename"),
    (&["DOB"], "DOB"),
    (&["Sex"], "Sex"),
    (&["Gender"], "Sex"),
    (&["BasicDetails", "MiddleNames"], "MiddleNames"),
    (&["BasicDetails", "PreferredSurname"], "PreferredSurname"),
    (&["BasicDetails", "PreferredForename"], "PreferredForename"),
    (&["BasicDetails", "FormerSurname"], "FormerSurname"),
    (&["BasicDetails", "FormerForename"], "FormerForename"),
    (&["BasicDetails", "EnrolStatus"], "EnrolStatus"),
];

/// The parts of an address in the order in which they are written; they stand in `Address`, at any depth.
pub(super) const ADDRESS: &[&str] = &[
    "SAON",
    "PAON",
    "Street",
    "Locality",
    "Town",
    "PostTown",
    "AddressLine1",
    "AddressLine2",
    "AddressLine3",
    "AddressLine4",
    "AddressLine5",
];

/// The postcode of the address.
pub(super) const POSTCODE: &str = "PostCode";

/// What a pupil comes to: a child with the fields left out, or why it is none; and whom it is about.
pub(super) struct Reading {
    pub(super) child: Result<Child, Problem>,
    pub(super) left_out: Vec<Problem>,
    pub(super) about: Option<String>,
}

impl Pupil {
    pub(super) fn read(self, source: &School) -> Reading {
        let mut left_out = Vec::new();
        let upn = self.lenient("UPN", upn, &mut left_out);
        let about = numbered(upn.as_ref(), None);
        let child = self.child(source, upn, about.clone(), &mut left_out);
        Reading { child, left_out, about }
    }

    fn child(
        &self,
        source: &School,
        upn: Option<String>,
        number: Option<String>,
        left_out: &mut Vec<Problem>,
    ) -> Result<Child, Problem> {
        if let Some(element) = self.contradicted {
            return Err(Problem::new(element, Reason::Conflicting));
        }
        let (given, family_name) = (self.required("Forename")?, self.required("Surname")?);
        let given_names =
            [Some(given), self.text("MiddleNames")?].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let born = self.required("DOB")?;
        let birth_date = birth_date(&born).map_err(|reason| Problem::new("DOB", reason))?;
        let enrolments = self.enrolments(source, left_out)?;
        Ok(Child {
            is_numbered: number.is_some(),
            number: number.unwrap_or_else(|| named(&given_names, &family_name, birth_date)),
            lines: vec![self.line],
            known_as: self.lenient("PreferredForename", word, left_out),
            known_as_family_name: self.lenient("PreferredSurname", word, left_out),
            former_family_names: self.lenient("FormerSurname", word, left_out).into_iter().collect(),
            former_given_names: self.lenient("FormerForename", word, left_out).into_iter().collect(),
            sex: self.lenient("Sex", Sex::parse, left_out).flatten(),
            address: self.address(left_out),
            given_names,
            family_name,
            birth_date,
            previous: Vec::new(),
            household: None,
            practice: None,
            restricted: false,
            restriction: None,
            upn,
            nhs_number: None,
            enrolments,
            is_doubtful: false,
            shared: Shared::default(),
        })
    }

    /// The schools of the history, and the one that sends the file.
    fn enrolments(&self, source: &School, left_out: &mut Vec<Problem>) -> Result<Vec<At>, Problem> {
        let status = self.text("EnrolStatus")?;
        let here = source.identifier().ok();
        let mut all = Vec::new();
        for school in &self.history {
            match school.identifier() {
                Ok(setting) => all.push(school.at(setting)?),
                Err(reason) => left_out.push(Problem::new("SchoolHistory", reason)),
            }
        }
        if let Some(setting) = here {
            if !all.iter().any(|at| at.setting == setting) {
                let here = School { line: self.line, ..School::default() };
                all.push(here.at(setting.clone())?);
            }
            let latest = all.iter_mut().filter(|at| at.setting == setting).max_by_key(|at| at.from);
            if let (Some(at), Some(status)) = (latest, status) {
                stand(at, &status)?;
            }
        }
        if all.is_empty() { Err(Problem::new("SchoolHistory", Reason::Missing)) } else { Ok(all) }
    }

    fn address(&self, left_out: &mut Vec<Problem>) -> Option<Address> {
        let parts: Vec<String> =
            ADDRESS.iter().filter_map(|part| self.lenient(part, word, left_out)).collect();
        let postcode = self.lenient(POSTCODE, postcode, left_out);
        let text = Some(parts.join(", ")).filter(|text| !text.is_empty());
        (text.is_some() || postcode.is_some()).then_some(Address { text, postcode, from: None, to: None })
    }

    fn text(&self, element: &'static str) -> Result<Option<String>, Problem> {
        let raw = self.fields.get(element).map(String::as_str).unwrap_or_default();
        let text = raw.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.contains(char::is_control) {
            return Err(Problem::new(element, Reason::ControlCharacter));
        }
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    fn required(&self, element: &'static str) -> Result<String, Problem> {
        self.text(element)?.ok_or(Problem::new(element, Reason::Missing))
    }

    fn lenient<T>(
        &self,
        element: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Reason>,
        left_out: &mut Vec<Problem>,
    ) -> Option<T> {
        let parsed = self.text(element).and_then(|text| {
            text.map(|text| parse(&text)).transpose().map_err(|reason| Problem::new(element, reason))
        });
        parsed.unwrap_or_else(|problem| {
            left_out.push(problem);
            None
        })
    }
}

impl School {
    fn at(&self, setting: Identifier) -> Result<At, Problem> {
        let (from, to) = (day("EntryDate", &self.entry)?, day("LeavingDate", &self.leaving)?);
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            return Err(Problem::new("LeavingDate", Reason::DateOrder));
        }
        let (line, kind, left) = (self.line, Enrolment::Main, false);
        Ok(At { line, is_row: false, setting, kind, from, to, attendance: None, left })
    }
}

/// How a pupil stands at the school that sends the file, by the common basic data set's codes of enrolment status.
fn stand(at: &mut At, status: &str) -> Result<(), Problem> {
    (at.kind, at.left) = match status {
        "C" | "M" | "F" | "O" => (Enrolment::Main, false),
        "S" => (Enrolment::Subsidiary, false),
        "G" => (Enrolment::Guest, false),
        "P" => (Enrolment::Main, true),
        _ => return Err(Problem::new("EnrolStatus", Reason::UnknownValue)),
    };
    Ok(())
}

fn day(element: &'static str, text: &str) -> Result<Option<Date>, Problem> {
    let text = text.trim();
    let parsed = Some(text).filter(|text| !text.is_empty()).map(date).transpose();
    parsed.map_err(|reason| Problem::new(element, reason))
}

fn word(text: &str) -> Result<String, Reason> {
    Ok(text.to_owned())
}
