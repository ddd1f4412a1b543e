//! Reading a JSON value leniently: what can't be read is marked and left out, and the rest goes on.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::fields::{Kind, Object};
use super::mark::{Mark, Pointer, Problem, Step};
use super::stated::Stated;
use super::{ITEMS_MAX, MARKS_MAX};

/// Something that can stand in a field of the contract.
pub(crate) trait Readable: Sized {
    /// What it looks like.
    const KIND: &'static Kind;
    /// Reads it; `None` when it is set aside (with a mark) or says nothing (without one).
    fn read(value: &Value, at: &mut Reading) -> Option<Self>;
}

/// Something that may hold words about a person.
pub(crate) trait Personal {
    /// Adds every personal text that it holds.
    fn personal(&self, _texts: &mut Vec<String>) {}
}

/// Where the reader stands, and what it found wrong so far.
pub(crate) struct Reading {
    received_at: Timestamp,
    path: Vec<Step>,
    guarded: bool,
    pub(crate) marks: Vec<Mark>,
    pub(crate) marks_left_out: usize,
    pub(crate) last_mark: Option<Mark>,
    pub(crate) guard_unread: bool,
    pub(crate) guard_unread_of: BTreeSet<usize>,
}

impl Reading {
    pub(crate) fn new(received_at: Timestamp) -> Self {
        Self {
            received_at,
            path: Vec::new(),
            guarded: false,
            marks: Vec::new(),
            marks_left_out: 0,
            last_mark: None,
            guard_unread: false,
            guard_unread_of: BTreeSet::new(),
        }
    }

    /// The latest moment that does not count as future.
    pub(crate) fn latest(&self) -> Timestamp {
        self.received_at.saturating_add(super::CLOCK_SKEW).unwrap_or(Timestamp::MAX)
    }

    pub(crate) fn within<T>(&mut self, step: Step, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step);
        let value = read(self);
        self.path.pop();
        value
    }

    /// Marks the place where the reader stands.
    pub(crate) fn mark(&mut self, problem: Problem, expected: &'static Kind) {
        if self.guarded {
            match self.path[..] {
                [Step::Property("children"), Step::Item(position), ..] => {
                    self.guard_unread_of.insert(position);
                }
                _ => self.guard_unread = true,
            }
        }
        let mark = Mark { pointer: Pointer::new(&self.path), problem, guarded: self.guarded, expected };
        if self.marks.len() < MARKS_MAX {
            self.marks.push(mark.clone());
        } else {
            self.marks_left_out += 1;
        }
        self.last_mark = Some(mark);
    }

    /// Marks the place where the reader stands as one that protects somebody.
    pub(crate) fn mark_guarded(&mut self, problem: Problem, expected: &'static Kind) {
        let outer = std::mem::replace(&mut self.guarded, true);
        self.mark(problem, expected);
        self.guarded = outer;
    }

    pub(crate) fn path(&self) -> &[Step] {
        &self.path
    }

    pub(crate) const fn is_guarded(&self) -> bool {
        self.guarded
    }

    /// Marks one property of the object where the reader stands.
    pub(crate) fn mark_property(&mut self, name: &'static str, problem: Problem, expected: &'static Kind) {
        self.within(Step::Property(name), |at| at.mark(problem, expected));
    }

    pub(crate) fn wrong<T>(&mut self, problem: Problem, expected: &'static Kind) -> Option<T> {
        self.mark(problem, expected);
        None
    }

    pub(crate) fn object<'v>(
        &mut self,
        value: &'v Value,
        kind: &'static Kind,
    ) -> Option<&'v Map<String, Value>> {
        value.as_object().or_else(|| self.wrong(Problem::WrongType, kind))
    }

    /// A field without which the object can't be read.
    pub(crate) fn required<T: Readable>(
        &mut self,
        map: &Map<String, Value>,
        name: &'static str,
    ) -> Option<T> {
        let marked = |at: &Self| at.marks.len() + at.marks_left_out;
        let before = marked(self);
        let value = map.get(name).filter(|value| !value.is_null());
        self.within(Step::Property(name), |at| {
            let read = value.and_then(|value| T::read(value, at));
            if read.is_none() && marked(at) == before {
                at.mark(Problem::Missing, T::KIND);
            }
            read
        })
    }

    pub(crate) fn optional<T: Readable>(
        &mut self,
        map: &Map<String, Value>,
        not_known: &BTreeSet<&'static str>,
        name: &'static str,
    ) -> Stated<T> {
        let Some(value) = map.get(name).filter(|value| !value.is_null()) else {
            return if not_known.contains(name) { Stated::NotKnown } else { Stated::Absent };
        };
        self.within(Step::Property(name), |at| {
            if not_known.contains(name) {
                at.mark(Problem::Contradicts, T::KIND);
            }
            T::read(value, at).map_or(Stated::Absent, Stated::Known)
        })
    }

    /// An optional field that protects somebody: whatever is wrong in it asks for a person.
    pub(crate) fn guarded<T: Readable>(
        &mut self,
        map: &Map<String, Value>,
        not_known: &BTreeSet<&'static str>,
        name: &'static str,
    ) -> Stated<T> {
        let outer = std::mem::replace(&mut self.guarded, true);
        let stated = self.optional(map, not_known, name);
        self.guarded = outer;
        stated
    }

    /// The names of this object's fields that the force asked about and does not know.
    pub(crate) fn not_known(
        &mut self,
        map: &Map<String, Value>,
        object: &'static Object,
    ) -> BTreeSet<&'static str> {
        let Some(value) = map.get("not_known").filter(|value| !value.is_null()) else {
            return BTreeSet::new();
        };
        self.within(Step::Property("not_known"), |at| {
            let Some(items) = value.as_array() else {
                at.mark(Problem::WrongType, NAMES);
                return BTreeSet::new();
            };
            let mut names = BTreeSet::new();
            for (position, item) in items.iter().enumerate().take(ITEMS_MAX) {
                match object.fields.iter().find(|field| item.as_str() == Some(field.name)) {
                    Some(field) => _ = names.insert(field.name),
                    None => at.within(Step::Item(position), |at| at.mark(Problem::UnknownWord, NAME)),
                }
            }
            names
        })
    }

    /// Reads each item of a list; items that are set aside leave no gap.
    pub(crate) fn items<T: Readable>(&mut self, items: &[Value]) -> Vec<T> {
        let said = items.iter().enumerate().take(ITEMS_MAX).filter(|(_, item)| !item.is_null());
        said.filter_map(|(position, item)| self.within(Step::Item(position), |at| T::read(item, at)))
            .collect()
    }
}

/// What `not_known` holds.
pub(crate) const NAMES: &Kind = &Kind::List { of: NAME, items_max: ITEMS_MAX };
const NAME: &Kind = &Kind::Form { name: "the name of a field of this object", pattern: "^[a-z_]+$" };

impl Readable for bool {
    const KIND: &'static Kind = &Kind::Flag;
    fn read(value: &Value, at: &mut Reading) -> Option<Self> {
        value.as_bool().or_else(|| at.wrong(Problem::WrongType, Self::KIND))
    }
}

impl<T: Readable> Readable for Vec<T> {
    const KIND: &'static Kind = &Kind::List { of: T::KIND, items_max: ITEMS_MAX };
    fn read(value: &Value, at: &mut Reading) -> Option<Self> {
        let Some(items) = value.as_array() else { return at.wrong(Problem::WrongType, Self::KIND) };
        if items.len() > ITEMS_MAX {
            at.mark(Problem::TooMany, Self::KIND);
        }
        Some(at.items(items))
    }
}

impl Personal for bool {}

impl<T: Personal> Personal for Vec<T> {
    fn personal(&self, texts: &mut Vec<String>) {
        self.iter().for_each(|item| item.personal(texts));
    }
}

impl<T: Personal> Personal for Stated<T> {
    fn personal(&self, texts: &mut Vec<String>) {
        self.known().iter().for_each(|value| value.personal(texts));
    }
}
