//! Versions side by side, what differs first and marked.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use askama::filters::HtmlSafe;
use encompass_store::Store;
use encompass_store::desk::{Case, Version};
use encompass_web::Html;
use encompass_web::page::{Column, Table, Tag, TagColour};
use serde_json::Value;

use crate::case::named_in;
use crate::words;

/// Rows of one table; a version has some dozens of fields for each child.
const ROWS_MAX: usize = 600;
/// Versions side by side; of more the newest are shown.
const VERSIONS_MAX: usize = 4;

/// The table of versions.
#[derive(Template)]
#[template(source = "{{ table }}", ext = "html")]
pub(crate) struct Compared {
    table: Html,
}

impl HtmlSafe for Compared {}

/// The versions of a case side by side. Children that the reader may not see are left out. `None` without versions.
pub(crate) fn compared(store: &Store, case: &Case) -> Option<Compared> {
    let first = case.versions.len().saturating_sub(VERSIONS_MAX);
    let versions = &case.versions[first..];
    if versions.is_empty() {
        return None;
    }
    let flat: Vec<BTreeMap<String, String>> =
        versions.iter().map(|version| visible(store, case, version)).collect();
    let heads: Vec<String> =
        versions.iter().map(|version| format!("Version {} ({})", version.number, version.kind)).collect();
    let mut columns = vec![Column::text("Field")];
    columns.extend(heads.iter().map(|head| Column::text(head)));
    let fields: BTreeSet<&String> = flat.iter().flat_map(BTreeMap::keys).collect();
    let mut fields: Vec<&String> = fields.into_iter().collect();
    fields.sort_by_key(|field| !differs(field, &flat));
    let rows = fields.into_iter().take(ROWS_MAX).map(|field| row(field, &flat)).collect();
    let caption = if versions.len() > 1 { "Versions side by side" } else { "What the police sent" };
    Some(Compared { table: Html::of(&Table::new(caption, &columns, rows).stacked()) })
}

fn differs(field: &str, flat: &[BTreeMap<String, String>]) -> bool {
    let first = flat.first().and_then(|version| version.get(field));
    flat.iter().any(|version| version.get(field) != first)
}

fn row(field: &str, flat: &[BTreeMap<String, String>]) -> Vec<Html> {
    let mut name = vec![Html::text(field_words(field))];
    if differs(field, flat) {
        name.push(Html::text(" "));
        name.push(Html::of(&Tag { text: "Differs", colour: TagColour::Orange }));
    }
    let cells = flat.iter().map(|version| Html::text(version.get(field).map_or("–", String::as_str)));
    std::iter::once(name.into_iter().collect()).chain(cells).collect()
}

/// The fields of a version, by pointer, without the children of others' areas.
fn visible(store: &Store, case: &Case, version: &Version) -> BTreeMap<String, String> {
    let Ok(mut data) = serde_json::from_slice::<Value>(&version.body) else { return BTreeMap::new() };
    if case.children_hidden > 0 {
        let hidden: Vec<usize> = named_in(store, case.id, version)
            .into_iter()
            .filter(|(id, _)| !case.children.iter().any(|one| one.child.id == *id))
            .map(|(_, position)| position)
            .collect();
        if let Some(children) = data.get_mut("children").and_then(Value::as_array_mut) {
            for position in hidden {
                if let Some(child) = children.get_mut(position) {
                    *child =
                        Value::String("Not shown: outside your areas, or for named people only".to_owned());
                }
            }
        }
    }
    let mut flat = BTreeMap::new();
    flatten(&data, String::new(), &mut flat);
    flat
}

fn flatten(value: &Value, at: String, flat: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| flatten(value, format!("{at}/{name}"), flat));
        }
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            let words: Vec<String> = items.iter().map(leaf).collect();
            flat.insert(at, words.join(", "));
        }
        Value::Array(items) => {
            let numbered = items.iter().enumerate();
            numbered.for_each(|(place, item)| flatten(item, format!("{at}/{:02}", place + 1), flat));
        }
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            flat.insert(at, leaf(value));
        }
    }
}

fn leaf(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        other => other.to_string(),
    }
}

/// A pointer as people read it: `/children/01/birth_date` is "Children 1, birth date".
pub(crate) fn field_words(pointer: &str) -> String {
    let mut text = String::new();
    for step in pointer.split('/').filter(|step| !step.is_empty()) {
        match step.parse::<usize>() {
            Ok(number) => text.push_str(&format!(" {number}")),
            Err(_) => {
                if !text.is_empty() {
                    text.push_str(", ");
                }
                text.push_str(&step.replace('_', " "));
            }
        }
    }
    words::plain(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_reads_as_words() {
        for (pointer, said) in [
            ("/reference", "Reference"),
            ("/children/01/birth_date", "Children 1, birth date"),
            ("/children/02/names/01/given", "Children 2, names 1, given"),
            ("", ""),
        ] {
            assert_eq!(field_words(pointer), said);
        }
    }

    #[test]
    fn a_value_is_flattened_by_pointer_with_plain_lists_in_one_row() {
        let data = serde_json::json!({"abuse": ["physical", "economic"], "children": [{"seen": true, "notes": null}]});
        let mut flat = BTreeMap::new();
        flatten(&data, String::new(), &mut flat);
        let expected = [("/abuse", "physical, economic"), ("/children/01/seen", "Yes")];
        let expected: BTreeMap<String, String> =
            expected.into_iter().map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
        assert_eq!(flat, expected);
    }
}
