//! Whether two versions say the same.

use ring::digest::{Context, SHA256};
use serde_json::Value;

/// The SHA-256 of the data's canonical form: object keys sorted by their bytes, no white space, strings and numbers as
/// `serde_json` writes them. The order of keys and the layout of the text do not matter; the order of lists does.
pub fn content_hash(data: &Value) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    add(data, &mut context);
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

fn add(value: &Value, context: &mut Context) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            context.update(b"{");
            for key in keys {
                context.update(Value::String(key.clone()).to_string().as_bytes());
                context.update(b":");
                add(&map[key], context);
                context.update(b",");
            }
            context.update(b"}");
        }
        Value::Array(items) => {
            context.update(b"[");
            for item in items {
                add(item, context);
                context.update(b",");
            }
            context.update(b"]");
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            context.update(value.to_string().as_bytes());
        }
    }
}
