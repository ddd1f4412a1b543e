//! What of a request and its answer others keep: proxies in their logs, browsers in their histories, caches.
//!
//! Nothing about a person may stand in a request's target, in a header of either side or in an address that a page leads
//! to, and a form that asks for such things must not put them into an address.

use std::collections::{HashMap, HashSet};

use anyhow::{bail, ensure};
use axum::http::{HeaderMap, Request};
use serde_json::Value;

/// Attributes of HTML that hold an address, or in which one may stand.
const ADDRESSES: [&str; 8] = ["href", "src", "action", "formaction", "srcset", "poster", "cite", "content"];
/// What may be asked for in an address, by form and field: a setting's name belongs to no case.
const OPEN_FIELDS: [(&str, &str); 1] = [("/settings", "q")];
/// A shorter text is looked for as a whole word only: tokens hold it by chance.
const BYTES_MIN: usize = 6;

/// A request and what answered it.
#[derive(Debug, Clone, Default)]
pub struct Exchange {
    /// The request's target, with its query.
    pub target: String,
    /// Names and values of headers, of both sides.
    pub headers: Vec<(String, String)>,
    /// What was answered.
    pub body: String,
}

impl Exchange {
    /// What is kept of a request that goes to a target, as path and query or as a whole URL.
    pub fn to(target: impl Into<String>) -> Self {
        Self { target: target.into(), ..Self::default() }
    }

    /// What is kept of a request, before it is sent.
    pub fn of<B>(request: &Request<B>) -> Self {
        Self::to(request.uri().to_string()).with(request.headers())
    }

    /// With the headers of one side as well.
    #[must_use]
    pub fn with(mut self, headers: &HeaderMap) -> Self {
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let named = headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes())));
        self.headers.extend(named);
        self
    }

    /// With what was answered.
    #[must_use]
    pub fn answered(self, headers: &HeaderMap, body: &str) -> Self {
        Self { body: body.to_owned(), ..self.with(headers) }
    }

    /// Searches everything that is kept.
    ///
    /// # Errors
    ///
    /// Naming the place where `is_personal` finds something, or a form that would put a field into an address.
    pub fn search(&self, is_personal: impl Fn(&str) -> bool) -> anyhow::Result<()> {
        let path = self.target.split('?').next().unwrap_or_default();
        let urls = urls(&self.body);
        let urls = urls.iter().map(|url| ("an address in the page", url.as_str()));
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (place, text) in headers.chain([("the target", self.target.as_str())]).chain(urls) {
            let is_found = is_personal(text) || is_personal(&decoded(text));
            ensure!(!is_found, "{path}: something personal stands in {place}: {text}");
        }
        asks_openly(&self.body).map_or(Ok(()), |asked| bail!("{path}: a form puts {asked:?} into an address"))
    }
}

/// Percent-encoding, plus signs and what HTML escapes undone.
fn decoded(text: &str) -> String {
    let text = text.replace("&amp;", "&").replace("&#38;", "&").replace("&#39;", "'").replace('+', " ");
    let mut parts = text.split('%');
    let mut plain = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let code = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code {
            Some(byte) => plain.extend([&[byte], &part.as_bytes()[2..]].concat()),
            None => plain.extend([b"%", part.as_bytes()].concat()),
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// Every address that a page, or a system's answer, holds.
fn urls(body: &str) -> Vec<String> {
    let mut found = Vec::new();
    match serde_json::from_str::<Value>(body) {
        Ok(value) => urls_of(&value, &mut found),
        Err(_) => {
            for name in ADDRESSES {
                found.extend(values(body, name).map(str::to_owned));
            }
        }
    }
    found
}

fn urls_of(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let is_url = text.contains("://") || text.starts_with('/') || text.starts_with("urn:");
            found.extend(is_url.then(|| text.clone()));
        }
        Value::Array(items) => items.iter().for_each(|item| urls_of(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| urls_of(field, found)),
        _ => {}
    }
}

/// The values of an attribute.
fn values<'a>(text: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let begin = format!(" {name}=\"");
    let pieces: Vec<&str> = text.split(&begin).skip(1).collect();
    pieces.into_iter().map(|rest| rest.split('"').next().unwrap_or(rest))
}

/// A field that a form of this page would put into an address, and may not.
fn asks_openly(body: &str) -> Option<(&str, &str)> {
    let forms = body.split("<form").skip(1).map(|form| form.split("</form>").next().unwrap_or(form));
    let is_open = |form: &&str| {
        let tag = form.split('>').next().unwrap_or_default();
        !values(tag, "method").any(|method| method.eq_ignore_ascii_case("post"))
    };
    forms.filter(is_open).find_map(|form| {
        let action = values(form, "action").next().unwrap_or_default();
        let asked = |name: &&str| !OPEN_FIELDS.contains(&(action, name));
        values(form, "name").find(asked).map(|name| (action, name))
    })
}

/// Texts about people, as they could stand in an address.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    /// By how they begin.
    long: HashMap<[u8; BYTES_MIN], Vec<String>>,
    short: HashSet<String>,
}

impl Texts {
    /// These texts as they are, in small and in capital letters; days also as they are written and in digits alone.
    pub fn of<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        let mut all = Self::default();
        for text in texts.into_iter().flat_map(|text| forms(text.as_ref().trim())) {
            match text.as_bytes().first_chunk() {
                Some(begin) => all.long.entry(*begin).or_default().push(text),
                // Numbers alone stand everywhere, as those of houses do.
                None if text.len() > 2 && text.chars().all(char::is_alphabetic) => {
                    all.short.extend([text]);
                }
                None => {}
            }
        }
        all
    }

    /// Whether one of them stands in a text.
    pub fn stand_in(&self, text: &str) -> bool {
        let begins = |rest: &[u8]| {
            let texts = rest.first_chunk().and_then(|begin| self.long.get(begin));
            texts.is_some_and(|texts| texts.iter().any(|text| rest.starts_with(text.as_bytes())))
        };
        let mut words = text.split(|c: char| !c.is_alphanumeric());
        words.any(|word| self.short.contains(word))
            || (0..text.len()).any(|at| begins(&text.as_bytes()[at..]))
    }
}

fn forms(text: &str) -> Vec<String> {
    let mut forms = vec![text.to_owned(), text.to_lowercase(), text.to_uppercase()];
    if let [year, month, day] = text.split('-').collect::<Vec<_>>()[..]
        && text.len() == 10
    {
        let by_day = ["-", "/", "."].map(|sign| [day, month, year].join(sign));
        forms.extend(by_day.into_iter().chain([[year, month, day].concat()]));
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(target: &str, header: &str, body: &str) -> Exchange {
        let headers = vec![("location".to_owned(), header.to_owned())];
        Exchange { target: target.into(), headers, body: body.into() }
    }

    #[test]
    fn what_is_personal_is_found_wherever_others_keep_it() {
        let texts = Texts::of(["Oskansen", "Bram", "2016-05-04", "9 Larkspur Close", "14"]);
        for (target, header, body, is_found) in [
            ("/held?q=oskansen", "", "", true),
            ("/held?name=Bram", "", "", true),
            ("/held?name=Bramble", "", "", false),
            ("/held/14", "/tasks?id=14", "", false),
            ("/x?at=9+Larkspur%20Close", "", "", true),
            ("/x", "/children?born=20160504", "", true),
            ("/x", "/children?born=04%2F05%2F2016", "", true),
            ("/x", "/done", r#"<a class="x" href="/matches?OSKANSEN">one</a>"#, true),
            ("/x", "/done", r#"<a class="x" href="/matches/1">Oskansen</a>"#, false),
            ("/x", "", r#"{"given": "Oskansen", "type": "urn:problem:query"}"#, false),
            ("/x", "", r#"{"links": [{"next": "/v1/incidents?child=Oskansen"}]}"#, true),
        ] {
            let searched = exchange(target, header, body).search(|text| texts.stand_in(text));
            assert_eq!(searched.is_err(), is_found, "{target} {header} {body}");
        }
    }

    #[test]
    fn a_form_that_puts_a_field_into_an_address_is_named() {
        for (form, asked) in [
            (r#"<form method="post" action="/x"><input name="child"></form>"#, None),
            (r#"<form method="get" action="/settings"><input name="q"></form>"#, None),
            (
                r#"<form method="get" action="/settings"><input name="child"></form>"#,
                Some(("/settings", "child")),
            ),
            (r#"<form action="/held"><input type="search" name="q"></form>"#, Some(("/held", "q"))),
        ] {
            assert_eq!(asks_openly(form), asked, "{form}");
            assert_eq!(exchange("/", "", form).search(|_| false).is_err(), asked.is_some(), "{form}");
        }
    }
}
