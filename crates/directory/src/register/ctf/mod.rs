//! The Department for Education's Common Transfer File: pupils as XML, passed between schools and authorities.
//!
//! Read are the header's `SourceSchool` and, of each `CTFpupilData/Pupil`, the identifiers, names, `BasicDetails`,
//! `Address` and `SchoolHistory`; all else is passed over. The elements' names were taken from the department's
//! published specifications (CTF 15 to 21) and from systems that write the file; the schema itself was not at hand.

mod element;
mod pupil;
mod source;

use std::io::{Read, Seek};

use self::element::{Elements, Step};
use self::pupil::{ADDRESS, FIELDS, POSTCODE, Pupil, School};
use super::child::Child;
use crate::Error;
use crate::report::Report;
use crate::text::{Limits, open};

/// Schools in one pupil's history at most.
const SCHOOLS_MAX: usize = 200;

/// An iterator over the pupils of a file, as children. One pupil is held at a time.
pub(super) struct Pupils<R> {
    elements: Elements<R>,
    source: School,
    report: Report,
    set_aside: Vec<String>,
    is_over: bool,
}

impl<R: Read + Seek> Pupils<R> {
    /// Reads up to the pupils.
    ///
    /// # Errors
    /// What [`open`] refuses, and [`Error::Xml`] for anything but a whole file of this kind.
    pub(super) fn new(source: R, limits: &Limits) -> Result<Self, Error> {
        let text = open(source, limits)?;
        let report = Report { encoding: text.encoding(), ..Report::default() };
        let elements = Elements::new(text, limits.row_bytes_max);
        let (source, set_aside) = (School::default(), Vec::new());
        let mut pupils = Self { elements, source, report, set_aside, is_over: false };
        pupils.header()?;
        Ok(pupils)
    }
}

impl<R: Read> Pupils<R> {
    pub(super) fn report_mut(&mut self) -> &mut Report {
        &mut self.report
    }

    pub(super) fn take_spoiled(&mut self) -> Vec<String> {
        std::mem::take(&mut self.set_aside)
    }

    pub(super) fn into_report(self) -> Report {
        self.report
    }

    fn header(&mut self) -> Result<(), Error> {
        loop {
            match self.elements.step()? {
                Step::Start => match path(&self.elements.path).as_slice() {
                    ["CTfile"] | ["CTfile", "Header", ..] => {}
                    ["CTfile", "CTFpupilData"] => return Ok(()),
                    [_] => return Err(self.elements.wrong("its outermost element is not CTfile")),
                    _ => {}
                },
                Step::End(text) => match path(&self.elements.path).as_slice() {
                    ["CTfile", "Header", "SourceSchool", "LEA"] => self.source.authority = text,
                    ["CTfile", "Header", "SourceSchool", "Estab"] => self.source.number = text,
                    _ => {}
                },
                Step::Over => return Err(self.elements.wrong("it has no CTFpupilData")),
            }
        }
    }

    fn next_pupil(&mut self) -> Result<Option<Pupil>, Error> {
        let mut pupil = Pupil::default();
        loop {
            match self.elements.step()? {
                Step::Start => match path(&self.elements.path).as_slice() {
                    ["CTfile", "CTFpupilData", "Pupil"] => {
                        pupil = Pupil { line: self.elements.line(), ..Pupil::default() };
                    }
                    ["CTfile", "CTFpupilData", "Pupil", "SchoolHistory", "School"] => {
                        if pupil.history.len() == SCHOOLS_MAX {
                            return Err(self.elements.wrong("a pupil has too many schools"));
                        }
                        pupil.history.push(School { line: self.elements.line(), ..School::default() });
                    }
                    _ => {}
                },
                Step::End(text) => match path(&self.elements.path).as_slice() {
                    ["CTfile", "CTFpupilData", "Pupil"] => return Ok(Some(pupil)),
                    ["CTfile", "CTFpupilData", "Pupil", inner @ ..] => pupil.take(inner, text),
                    _ => {}
                },
                Step::Over => return Ok(None),
            }
        }
    }

    fn account(&mut self, pupil: Pupil) -> Option<Child> {
        let line = pupil.line;
        let read = pupil.read(&self.source);
        match read.child {
            Ok(child) => {
                self.report.accept();
                read.left_out.into_iter().for_each(|problem| self.report.leave_out(line, problem));
                Some(child)
            }
            Err(problem) => {
                self.report.set_aside(line, problem);
                self.set_aside.extend(read.about);
                None
            }
        }
    }
}

impl<R: Read> Iterator for Pupils<R> {
    type Item = Result<Child, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_over {
            match self.next_pupil() {
                Ok(Some(pupil)) => {
                    if let Some(child) = self.account(pupil) {
                        return Some(Ok(child));
                    }
                }
                Ok(None) => self.is_over = true,
                Err(error) => {
                    self.is_over = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

impl Pupil {
    /// Takes the text of an element within the pupil.
    fn take(&mut self, path: &[&str], text: String) {
        if let ["SchoolHistory", "School", name] = path {
            if let Some(school) = self.history.last_mut() {
                school.take(name, text);
            }
            return;
        }
        let part =
            |name: &str| ADDRESS.iter().chain([&POSTCODE]).find(|part| part.eq_ignore_ascii_case(name));
        let field = match path {
            ["Address", .., name] => part(name).copied(),
            _ => FIELDS.iter().find(|(wanted, _)| *wanted == path).map(|(_, field)| *field),
        };
        let Some(field) = field else { return };
        let known = self.fields.entry(field).or_default();
        if known.is_empty() {
            *known = text;
        } else if known.trim() != text.trim() {
            self.contradicted = Some(field);
        }
    }
}

impl School {
    fn take(&mut self, name: &str, text: String) {
        match name {
            "LEA" => self.authority = text,
            "Estab" => self.number = text,
            "EntryDate" => self.entry = text,
            "LeavingDate" => self.leaving = text,
            _ => {}
        }
    }
}

fn path(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}
