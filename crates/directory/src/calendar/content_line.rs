use std::io::{BufRead, BufReader, Read};

use crate::Error;

/// One content line of an iCalendar file (RFC 5545, section 3.1), its folds undone.
pub(super) struct ContentLine {
    /// Where it begins in the file, from 1.
    pub(super) number: u64,
    /// The property's name in capitals.
    pub(super) name: String,
    /// The value as it stands.
    pub(super) value: String,
}

/// Content lines one by one. Our own reader, because a file with one bad event must give all the others, each with
/// its line number.
pub(super) struct ContentLines<R> {
    source: BufReader<R>,
    row_bytes_max: usize,
    /// The line read ahead to see whether it continues the one before.
    ahead: Option<String>,
    /// How many lines were read, the one ahead included.
    read: u64,
}

impl<R: Read> ContentLines<R> {
    pub(super) fn new(source: R, row_bytes_max: usize) -> Self {
        Self { source: BufReader::new(source), row_bytes_max, ahead: None, read: 0 }
    }

    /// The next content line; lines without a colon are none and are passed over.
    pub(super) fn read(&mut self) -> Result<Option<ContentLine>, Error> {
        while let Some((number, text)) = self.unfolded()? {
            if let Some(line) = parse(number, &text) {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    fn unfolded(&mut self) -> Result<Option<(u64, String)>, Error> {
        let first = match self.ahead.take() {
            Some(ahead) => Some(ahead),
            None => self.physical()?,
        };
        let Some(mut text) = first else {
            return Ok(None);
        };
        let number = self.read;
        while let Some(next) = self.physical()? {
            let Some(rest) = next.strip_prefix([' ', '\t']) else {
                self.ahead = Some(next);
                break;
            };
            text.push_str(rest);
            self.check_length(text.len(), number)?;
        }
        Ok(Some((number, text)))
    }

    fn physical(&mut self) -> Result<Option<String>, Error> {
        let mut line = String::new();
        let bound = self.row_bytes_max as u64 + 1;
        let count = self.source.by_ref().take(bound).read_line(&mut line).map_err(Error::Read)?;
        if count == 0 {
            return Ok(None);
        }
        self.read += 1;
        self.check_length(count, self.read)?;
        Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
    }

    fn check_length(&self, length: usize, line: u64) -> Result<(), Error> {
        if length > self.row_bytes_max {
            return Err(Error::RowTooLong { line, bytes_max: self.row_bytes_max });
        }
        Ok(())
    }
}

/// Splits at the first colon outside quotation marks; parameters are not needed, values show their own type.
fn parse(number: u64, text: &str) -> Option<ContentLine> {
    let mut quoted = false;
    let colon = text.find(|c| {
        quoted ^= c == '"';
        c == ':' && !quoted
    })?;
    let name = text[..colon].split(';').next().unwrap_or_default().trim().to_ascii_uppercase();
    Some(ContentLine { number, name, value: text[colon + 1..].to_owned() })
}

#[cfg(test)]
mod tests {
    use super::ContentLines;
    use crate::Error;

    #[test]
    fn folded_lines_are_joined_and_numbered_where_they_begin() {
        let text =
            "BEGIN:VEVENT\r\nSUMMARY;X=\"a:b\":Half\r\n -term\r\nrubbish\r\nDTSTART;VALUE=DATE:20251025\n";
        let mut lines = ContentLines::new(text.as_bytes(), 100);
        let mut found = Vec::new();
        while let Some(line) = lines.read().unwrap() {
            found.push((line.number, line.name, line.value));
        }
        let expected = [(1, "BEGIN", "VEVENT"), (2, "SUMMARY", "Half-term"), (5, "DTSTART", "20251025")];
        assert_eq!(found, expected.map(|(at, name, value)| (at, name.to_owned(), value.to_owned())));
    }

    #[test]
    fn a_line_over_the_limit_is_refused_folded_or_not() {
        for text in ["SUMMARY:0123456789".to_owned(), "A:1\n".to_owned() + &" 234567\n".repeat(3)] {
            let mut lines = ContentLines::new(text.as_bytes(), 12);
            assert!(matches!(lines.read(), Err(Error::RowTooLong { bytes_max: 12, .. })), "{text}");
        }
    }
}
