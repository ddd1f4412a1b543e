//! Names in the data that are none of the contract's.

use serde_json::{Map, Value};

use super::fields::{Kind, Need, Object};
use super::mark::{Problem, Step};
use super::reading::Reading;

/// Letters that may differ in a name that is written wrong.
const SLIPS_MAX: usize = 2;
/// Shorter names are too alike for that.
const SLIPS_FROM_CHARS: usize = 6;

impl Reading {
    /// Marks names that may be meant for what protects somebody: any within `safety` and the like, elsewhere those that
    /// look like one of its fields. Every other name is kept and not looked at.
    pub(crate) fn check_names(
        &mut self,
        map: &Map<String, Value>,
        object: &'static Object,
        kind: &'static Kind,
    ) {
        let unknown = || map.iter().filter(|(name, value)| !value.is_null() && !is_field(object, name));
        let is_protective = match self.path() {
            [Step::Property("adults"), Step::Item(_)] => {
                unknown().any(|(name, _)| object.fields.iter().any(|field| resembles(name, field.name)))
            }
            [Step::Property("adults"), ..] => false,
            _ if self.is_guarded() => unknown().next().is_some(),
            _ => {
                let mut guarded = object.fields.iter().filter(|field| field.need == Need::Guarded).peekable();
                guarded.peek().is_some()
                    && guarded.any(|field| unknown().any(|(name, _)| resembles(name, field.name)))
            }
        };
        if is_protective {
            self.mark_guarded(Problem::UnknownField, kind);
        }
    }
}

fn is_field(object: &Object, name: &str) -> bool {
    name == "not_known" || object.fields.iter().any(|field| field.name == name)
}

/// Whether a name is probably a field's, written in another way or with a slip.
fn resembles(name: &str, field: &str) -> bool {
    let folded = |text: &str| -> Vec<char> {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let (name, field) = (folded(name), folded(field));
    let slips = if field.len() < SLIPS_FROM_CHARS { 1 } else { SLIPS_MAX };
    name.len().abs_diff(field.len()) <= slips && distance(&name, &field) <= slips
}

/// Levenshtein's distance.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, a) in one.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (place, b) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[place + 1];
            row[place + 1] = replaced.min(diagonal + 1).min(row[place] + 1);
        }
    }
    row[other.len()]
}

/// Where the data has names that are none of an object's fields, as JSON Pointers. They may hold anything that the sender
/// wrote: for the sender's own eyes only.
pub fn unknown_names(data: &Value, object: &'static Object) -> Vec<String> {
    let mut found = Vec::new();
    add(data, object, "", &mut found);
    found
}

fn add(data: &Value, object: &'static Object, at: &str, found: &mut Vec<String>) {
    for (name, value) in data.as_object().into_iter().flatten() {
        let below = format!("{at}/{name}");
        match object.fields.iter().find(|field| field.name == name) {
            Some(field) => add_of(value, field.kind, &below, found),
            None if is_field(object, name) => {}
            None => found.push(below),
        }
    }
}

fn add_of(value: &Value, kind: &'static Kind, at: &str, found: &mut Vec<String>) {
    match (kind, value) {
        (Kind::Object(object), value) => add(value, object, at, found),
        (Kind::List { of, .. }, Value::Array(items)) => {
            for (place, item) in items.iter().enumerate() {
                add_of(item, of, &format!("{at}/{place}"), found);
            }
        }
        _ => {}
    }
}
