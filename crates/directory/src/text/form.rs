use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::fmt::strtime;

use crate::report::Reason;

/// How a field is made from the cells of a row. The default takes one cell as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Form {
    /// What stands between cells that are joined.
    pub(crate) join: String,
    /// What holds for every row; there are no cells then.
    pub(crate) constant: Option<String>,
    /// Their words, in lower case, and ours. A word that is not in the table is unknown.
    pub(crate) values: Option<BTreeMap<String, String>>,
    /// How dates are written, as `strftime` has it.
    pub(crate) dates: Option<String>,
}

impl Form {
    /// The text of a field from its cells, `None` where they are empty.
    pub(super) fn text<'a>(&self, cells: impl Iterator<Item = &'a str>) -> Result<Option<String>, Reason> {
        let words = |cell: &str| cell.split_whitespace().collect::<Vec<_>>().join(" ");
        let parts: Vec<String> = match &self.constant {
            Some(constant) => vec![constant.clone()],
            None => cells.map(words).filter(|part| !part.is_empty()).collect(),
        };
        let text = parts.join(&self.join);
        if text.contains(char::is_control) {
            return Err(Reason::ControlCharacter);
        }
        let text = match &self.values {
            Some(values) => translated(values, text)?,
            None => text,
        };
        let text = match &self.dates {
            Some(pattern) if !text.is_empty() => day(pattern, &text)?.to_string(),
            _ => text,
        };
        Ok(Some(text).filter(|text| !text.is_empty()))
    }
}

/// An empty field stays empty unless the table has a word for it.
fn translated(values: &BTreeMap<String, String>, text: String) -> Result<String, Reason> {
    match values.get(&text.to_lowercase()) {
        Some(ours) => Ok(ours.clone()),
        None if text.is_empty() => Ok(text),
        None => Err(Reason::UnknownValue),
    }
}

/// A day by its pattern, with the midnight that a database export added passed over.
pub(crate) fn day(pattern: &str, text: &str) -> Result<Date, Reason> {
    let whole = |text: &str| strtime::parse(pattern, text).ok()?.to_date().ok();
    let without_time = || text.split_once([' ', 'T']).filter(|(_, time)| crate::value::midnight(time));
    whole(text).or_else(|| without_time().and_then(|(day, _)| whole(day))).ok_or(Reason::NotADate)
}

#[cfg(test)]
mod tests {
    use super::{Form, day};
    use crate::report::Reason;

    fn read(form: &Form, cells: &[&str]) -> Result<Option<String>, Reason> {
        form.text(cells.iter().copied())
    }

    #[test]
    fn cells_are_joined_without_the_empty_ones() {
        let form = Form { join: ", ".to_owned(), ..Form::default() };
        assert_eq!(
            read(&form, &[" 1  Made-up Lane", "", "Larkfield"]),
            Ok(Some("1 Made-up Lane, Larkfield".into()))
        );
        assert_eq!(read(&form, &["", " "]), Ok(None));
        assert_eq!(read(&form, &["a\u{0}"]), Err(Reason::ControlCharacter));
    }

    #[test]
    fn a_word_that_the_table_lacks_is_unknown_and_an_empty_one_stays_empty() {
        let values = [("1", "m"), ("female", "f")].map(|(theirs, ours)| (theirs.to_owned(), ours.to_owned()));
        let form = Form { values: Some(values.into()), ..Form::default() };
        let table = [
            ("1", Ok(Some("m".to_owned()))),
            ("FEMALE", Ok(Some("f".to_owned()))),
            ("m", Err(Reason::UnknownValue)),
            ("", Ok(None)),
        ];
        for (cell, expected) in table {
            assert_eq!(read(&form, &[cell]), expected, "{cell}");
        }
        let empty = Form { values: Some([(String::new(), "main".to_owned())].into()), ..Form::default() };
        assert_eq!(read(&empty, &[""]), Ok(Some("main".into())));
    }

    #[test]
    fn dates_follow_the_pattern_and_nothing_else() {
        let table = [
            ("%m/%d/%Y", "12/31/2017", Some("2017-12-31")),
            ("%m/%d/%Y", "31/12/2017", None),
            ("%Y%m%d", "20171231", Some("2017-12-31")),
            ("%d-%b-%Y", "31-Dec-2017", Some("2017-12-31")),
            ("%d/%m/%Y", "31/12/2017 00:00:00", Some("2017-12-31")),
            ("%d/%m/%Y", "31/12/2017 14:30", None),
            ("%d/%m/%Y", "30/02/2017", None),
            ("%d/%m/%Y", "", None),
        ];
        for (pattern, text, expected) in table {
            assert_eq!(
                day(pattern, text).ok().map(|day| day.to_string()).as_deref(),
                expected,
                "{pattern} {text}"
            );
        }
    }
}
