//! JSON Schema (2020-12) and the field reference, made from the declarations of the objects.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::fields::{Condition, Field, Kind, Need, Object};

/// The schema of an object and of all that it holds, as a document with a title.
pub fn schema(title: &str, object: &'static Object) -> Value {
    let mut root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:encompass:schema:{title}"),
        "title": title,
    });
    let below = objects_below(object);
    let definitions: Map<String, Value> =
        below.iter().map(|(name, object)| ((*name).to_owned(), Value::Object(of_object(object)))).collect();
    if let Value::Object(root) = &mut root {
        root.extend(of_object(object));
        if !definitions.is_empty() {
            root.insert("$defs".into(), Value::Object(definitions));
        }
    }
    root
}

/// Every object that an object holds, at any depth, by name.
fn objects_below(object: &'static Object) -> BTreeMap<&'static str, &'static Object> {
    fn add(object: &'static Object, found: &mut BTreeMap<&'static str, &'static Object>) {
        for inner in object.fields.iter().filter_map(|field| inner_object(field.kind)) {
            if found.insert(inner.name, inner).is_none() {
                add(inner, found);
            }
        }
    }
    let mut found = BTreeMap::new();
    add(object, &mut found);
    found
}

fn inner_object(kind: &'static Kind) -> Option<&'static Object> {
    match kind {
        Kind::Object(object) => Some(object),
        Kind::List { of, .. } => inner_object(of),
        _ => None,
    }
}

fn of_object(object: &Object) -> Map<String, Value> {
    let mut properties: Map<String, Value> =
        object.fields.iter().map(|field| (field.name.to_owned(), of_field(field, object.ours))).collect();
    if !object.ours {
        properties.insert("not_known".into(), not_known(object));
    }
    let required = object.fields.iter().filter(|field| matches!(field.need, Need::Required | Need::Expected));
    let required: Vec<&str> = required.map(|field| field.name).collect();
    let mut schema = Map::new();
    schema.insert("description".into(), json!(object.meaning.trim()));
    schema.insert("type".into(), json!("object"));
    schema.insert("properties".into(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".into(), json!(required));
    }
    if !object.any_of.is_empty() {
        schema.insert("anyOf".into(), object.any_of.iter().map(of_condition).collect());
    }
    if object.ours {
        schema.insert("additionalProperties".into(), json!(false));
    }
    schema
}

fn not_known(object: &Object) -> Value {
    let names: Vec<&str> = object.fields.iter().map(|field| field.name).collect();
    json!({
        "description": "The fields of this object that were asked about and are not known.",
        "type": ["array", "null"],
        "items": { "enum": names },
    })
}

fn of_field(field: &Field, ours: bool) -> Value {
    let mut schema = of_kind(field.kind);
    if !ours && matches!(field.need, Need::Optional | Need::Guarded) {
        schema = or_null(schema);
    }
    if let Value::Object(schema) = &mut schema {
        schema.insert("description".into(), json!(field.meaning.trim()));
    }
    schema
}

/// `null` is absent, so whatever may be absent may be `null`.
fn or_null(mut schema: Value) -> Value {
    if schema.get("$ref").is_some() || schema.get("anyOf").is_some() {
        return json!({ "anyOf": [schema, { "type": "null" }] });
    }
    if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        words.push(Value::Null);
    }
    match schema.get_mut("type") {
        Some(Value::Array(types)) => types.push(json!("null")),
        Some(one) => *one = json!([one.take(), "null"]),
        None => {}
    }
    schema
}

fn of_kind(kind: &Kind) -> Value {
    match kind {
        Kind::Key { chars_max } => {
            json!({ "type": ["string", "integer"], "pattern": "\\S", "maxLength": chars_max, "minimum": 0 })
        }
        Kind::Text { chars_max } => json!({ "type": "string", "maxLength": chars_max }),
        Kind::OneOf(words) => json!({ "enum": words.iter().map(|word| word.word).collect::<Vec<_>>() }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Whole { max } => json!({ "type": "integer", "minimum": 0, "maximum": max }),
        Kind::Version => json!({ "type": ["integer", "string"], "minimum": 0, "pattern": "^[0-9]{1,18}$" }),
        Kind::Instant => json!({ "type": "string", "format": "date-time" }),
        Kind::Day => json!({ "type": "string", "format": "date" }),
        Kind::PartialDate => json!({ "type": "string", "pattern": PARTIAL_DATE }),
        Kind::Form { pattern, .. } => json!({ "type": "string", "pattern": pattern }),
        Kind::Id => json!({ "type": "string", "format": "uuid" }),
        Kind::OpenWord => json!({ "type": "string", "pattern": "^[a-z_]+$" }),
        Kind::Object(object) => json!({ "$ref": format!("#/$defs/{}", object.name) }),
        Kind::List { of, items_max } => {
            json!({ "type": "array", "items": of_kind(of), "maxItems": items_max })
        }
    }
}

const PARTIAL_DATE: &str = "^(19|2[0-9])[0-9]{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$";

fn of_condition(condition: &Condition) -> Value {
    let (name, schema) = match condition {
        Condition::Has(name) => (name, json!({ "not": { "type": "null" } })),
        Condition::HasItems(name) => (name, json!({ "type": "array", "minItems": 1 })),
        Condition::Is(name, word) => (name, json!({ "const": word })),
    };
    json!({ "required": [name], "properties": { *name: schema } })
}

/// The reference of an object's fields and of all that it holds, in Markdown. Objects in `written` are not written
/// again; what is written is added to it.
pub fn reference(object: &'static Object, written: &mut Vec<&'static str>) -> String {
    let mut text = String::new();
    let mut waiting = vec![object];
    while let Some(object) = waiting.pop() {
        if written.contains(&object.name) {
            continue;
        }
        written.push(object.name);
        write_table(&mut text, object);
        waiting.extend(object.fields.iter().rev().filter_map(|field| inner_object(field.kind)));
    }
    text
}

fn write_table(text: &mut String, object: &Object) {
    let known = if object.ours { "" } else { " Any field can be named in `not_known`." };
    let (name, meaning) = (object.name, object.meaning.trim());
    let heading = format!("### {name}\n\n{meaning}{known}{}\n\n", at_least_one(object));
    let rows = object.fields.iter().map(row).collect::<String>();
    // Writing to a string cannot fail.
    _ = write!(
        text,
        "{heading}| field | holds | needed | since | meaning |\n|---|---|---|---|---|\n{rows}\n"
    );
    for field in object.fields {
        if let Some(words) = words_of(field.kind) {
            let list: String =
                words.iter().map(|word| format!("- `{}`: {}\n", word.word, word.meaning.trim())).collect();
            _ = write!(text, "Words of `{}`:\n\n{list}\n", field.name);
        }
    }
}

fn at_least_one(object: &Object) -> String {
    let conditions: Vec<String> = object
        .any_of
        .iter()
        .map(|condition| match condition {
            Condition::Has(name) | Condition::HasItems(name) => format!("`{name}`"),
            Condition::Is(name, word) => format!("`{name}: {word}`"),
        })
        .collect();
    if conditions.is_empty() {
        String::new()
    } else {
        format!(" At least one of: {}.", conditions.join(", "))
    }
}

fn row(field: &Field) -> String {
    let need = match field.need {
        Need::Required => "required",
        Need::Expected => "expected",
        Need::Optional => "",
        Need::Guarded => "guarded",
    };
    let holds = match words_of(field.kind) {
        Some(_) if matches!(field.kind, Kind::List { .. }) => "a list of words".into(),
        Some(_) => "a word".into(),
        None => field.kind.in_words(),
    };
    format!("| `{}` | {holds} | {need} | v{} | {} |\n", field.name, field.since, field.meaning.trim())
}

fn words_of(kind: &'static Kind) -> Option<&'static [super::Word]> {
    match kind {
        Kind::OneOf(words) => Some(words),
        Kind::List { of, .. } => words_of(of),
        _ => None,
    }
}
