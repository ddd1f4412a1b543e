//! Whether two versions say the same.

use std::io;

use ring::digest::{Context, SHA256};
use serde::Serialize;
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
            let mut members: Vec<(&String, &Value)> = map.iter().collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            context.update(b"{");
            for (key, value) in members {
                write(key, context);
                context.update(b":");
                add(value, context);
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
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => write(value, context),
    }
}

fn write(value: &impl Serialize, context: &mut Context) {
    serde_json::to_writer(Hashed(context), value).expect("a hash takes everything");
}

/// What is written goes into the hash.
struct Hashed<'a>(&'a mut Context);

impl io::Write for Hashed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
