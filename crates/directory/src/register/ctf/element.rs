use std::io::Read;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};
use quick_xml::{Error as Fault, Reader};

use super::source::Bounded;
use crate::Error;
use crate::text::Text;

/// Elements within each other at most; the file's own shape has seven.
const DEPTH_MAX: usize = 32;

pub(super) const FORMAT: &str = "Common Transfer File";

/// What happens at an element.
pub(super) enum Step {
    /// It begins.
    Start,
    /// It ends; this is its own text.
    End(String),
    /// The file is over.
    Over,
}

/// Elements of the file, one after the other. Of the document only the open elements' names and one text are held.
pub(super) struct Elements<R> {
    reader: Reader<Bounded<Text<R>>>,
    buffer: Vec<u8>,
    text_bytes_max: usize,
    /// Names of the open elements, outermost first; the one that just ended stays until the next step.
    pub(super) path: Vec<String>,
    text: String,
    has_ended: bool,
    /// An element without content, which ends in the next step.
    is_empty: bool,
}

impl<R: Read> Elements<R> {
    pub(super) fn new(text: Text<R>, text_bytes_max: usize) -> Self {
        Self {
            reader: Reader::from_reader(Bounded::new(text)),
            buffer: Vec::new(),
            text_bytes_max,
            path: Vec::new(),
            text: String::new(),
            has_ended: false,
            is_empty: false,
        }
    }

    pub(super) fn line(&self) -> u64 {
        self.reader.get_ref().line()
    }

    pub(super) fn wrong(&self, problem: &'static str) -> Error {
        Error::Xml { format: FORMAT, problem, line: self.line() }
    }

    /// The next beginning or end of an element.
    pub(super) fn step(&mut self) -> Result<Step, Error> {
        if std::mem::take(&mut self.has_ended) {
            self.path.pop();
            self.text.clear();
        }
        if std::mem::take(&mut self.is_empty) {
            return Ok(self.end());
        }
        loop {
            if let Some(step) = self.event()? {
                return Ok(step);
            }
        }
    }

    fn event(&mut self) -> Result<Option<Step>, Error> {
        self.buffer.clear();
        self.reader.get_mut().refuel(self.text_bytes_max);
        let mut buffer = std::mem::take(&mut self.buffer);
        let step = match self.reader.read_event_into(&mut buffer) {
            Err(fault) => Err(self.fault(&fault)),
            Ok(event) => self.take(event),
        };
        self.buffer = buffer;
        step
    }

    fn take(&mut self, event: Event<'_>) -> Result<Option<Step>, Error> {
        match event {
            Event::Start(tag) => self.open(tag.local_name().as_ref()).map(Some),
            Event::Empty(tag) => {
                self.is_empty = true;
                self.open(tag.local_name().as_ref()).map(Some)
            }
            Event::End(_) => Ok(Some(self.end())),
            Event::Text(text) => self.push(&text.xml10_content()),
            Event::CData(text) => self.push(&text.xml10_content()),
            Event::GeneralRef(reference) => self.resolve(&reference),
            // A type declaration can define entities that grow without bound, or name files to be fetched.
            Event::DocType(_) => Err(self.wrong("it declares a document type, which such a file has not")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => Ok(None),
            Event::Eof if self.path.is_empty() => Ok(Some(Step::Over)),
            Event::Eof => Err(self.wrong("it is cut off")),
        }
    }

    fn open(&mut self, name: &str) -> Result<Step, Error> {
        if self.path.len() == DEPTH_MAX {
            return Err(self.wrong("its elements lie too deep within each other"));
        }
        self.path.push(name.to_owned());
        self.text.clear();
        Ok(Step::Start)
    }

    fn end(&mut self) -> Step {
        self.has_ended = true;
        Step::End(std::mem::take(&mut self.text))
    }

    fn push(&mut self, text: &str) -> Result<Option<Step>, Error> {
        if self.text.len() + text.len() > self.text_bytes_max {
            return Err(self.wrong("an element is too long"));
        }
        self.text.push_str(text);
        Ok(None)
    }

    fn resolve(&mut self, reference: &BytesRef<'_>) -> Result<Option<Step>, Error> {
        if let Ok(Some(character)) = reference.resolve_char_ref() {
            return self.push(character.encode_utf8(&mut [0; 4]));
        }
        match resolve_predefined_entity(&reference.xml10_content()) {
            Some(text) => self.push(text),
            None => Err(self.wrong("it uses an entity that XML does not define")),
        }
    }

    /// The kind alone: the reader's own words may hold what stands in the file.
    fn fault(&self, fault: &Fault) -> Error {
        let problem = match fault {
            Fault::Io(error) if error.kind() == std::io::ErrorKind::FileTooLarge => "an element is too long",
            Fault::Io(error) => return Error::Read(std::io::Error::new(error.kind(), "the source failed")),
            Fault::IllFormed(_) => "its tags do not match",
            _ => "it is not XML",
        };
        self.wrong(problem)
    }
}
