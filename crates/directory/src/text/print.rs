use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

/// 128 bits that stand for a text: two of a million texts share them with a chance below 1 in 10^26.
pub(crate) type Print = (u64, u64);

/// Makes prints, each time by other keys, so that nobody can choose texts that share one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Printer(RandomState, RandomState);

impl Printer {
    pub(crate) fn of(&self, text: &str) -> Print {
        (self.0.hash_one(text), self.1.hash_one(text))
    }
}

/// The texts seen, by their prints: a register has hundreds of thousands.
#[derive(Debug, Default)]
pub(super) struct Prints {
    printer: Printer,
    seen: HashSet<Print>,
}

impl Prints {
    /// Whether the text was not seen before.
    pub(super) fn insert(&mut self, text: &str) -> bool {
        self.seen.insert(self.printer.of(text))
    }
}

#[cfg(test)]
mod tests {
    use super::Prints;

    #[test]
    fn a_text_is_new_once() {
        let mut prints = Prints::default();
        assert!(prints.insert("a") && prints.insert("b") && !prints.insert("a"));
    }
}
