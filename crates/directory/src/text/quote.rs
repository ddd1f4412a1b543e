/// Watches the quotation marks of a file as its bytes go by.
///
/// A mark that is opened and never closed, or closed by one that was meant to open the next field, makes one field of
/// all the rows between. The CSV reader takes that as it comes; whoever loads a register must know.
#[derive(Debug, Default)]
pub(super) struct Quotes {
    state: State,
    /// Line feeds gone by.
    lines: u64,
    /// Line where the mark that is open now was opened, from 1.
    opened: u64,
    torn: Option<u64>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    FieldStart,
    Bare,
    Quoted,
    /// After a mark within a quoted field: its end, or the first of two that stand for one.
    Closing,
}

impl Quotes {
    /// Takes the next byte, line ends being single line feeds.
    pub(super) fn take(&mut self, byte: u8) {
        self.state = match (self.state, byte) {
            (State::FieldStart, b'"') => {
                self.opened = self.lines + 1;
                State::Quoted
            }
            (State::Quoted, b'"') => State::Closing,
            (State::Closing, b'"') | (State::Quoted, _) => State::Quoted,
            (_, b',' | b'\n') => State::FieldStart,
            (State::Closing, _) => {
                self.torn.get_or_insert(self.opened);
                State::Bare
            }
            (State::FieldStart | State::Bare, _) => State::Bare,
        };
        self.lines += u64::from(byte == b'\n');
    }

    /// Takes the end of the file.
    pub(super) fn end(&mut self) {
        if self.state == State::Quoted {
            self.torn.get_or_insert(self.opened);
        }
    }

    /// Line of the first mark that is not closed as it should be, from 1.
    pub(super) fn torn(&self) -> Option<u64> {
        self.torn
    }
}

#[cfg(test)]
mod tests {
    use super::Quotes;

    #[test]
    fn a_mark_must_be_closed_before_a_comma_or_the_end_of_a_line() {
        let table = [
            ("a,\"b, c\",d\n", None),
            ("a,\"b \"\"c\"\" d\"\n\"\"\n", None),
            ("a,\"b\nc\",d\n", None),
            ("5\" pipe,a\"b\n", None),
            ("a,\"b,c\nd,e\n", Some(1)),
            ("a,b\n\"c,d\ne,\"f g\",h\n", Some(2)),
            ("a,b\nc,\"d\" e\n", Some(2)),
            ("a,\"", Some(1)),
        ];
        for (text, expected) in table {
            let mut quotes = Quotes::default();
            text.bytes().for_each(|byte| quotes.take(byte));
            quotes.end();
            assert_eq!(quotes.torn(), expected, "{text}");
        }
    }
}
