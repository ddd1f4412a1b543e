//! A person's name as it is compared.

use crate::normalise::words;

/// Given names in their order and the family name as one word, all normalised.
///
/// A family name is one word because spaces and hyphens in it are written as people please ("De Silva").
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    given: Vec<String>,
    family: String,
}

impl Name {
    /// A name in parts; `None` unless there is something in both.
    pub fn new(given: &str, family: &str) -> Option<Self> {
        Self::of(words(given), &words(family))
    }

    fn of(given: Vec<String>, family: &[String]) -> Option<Self> {
        let family = family.concat();
        (!given.is_empty() && !family.is_empty()).then_some(Self { given, family })
    }

    /// What a name written in full can mean: every place where given and family names can part, in both orders.
    pub fn readings(full: &str) -> Vec<Self> {
        let words = words(full);
        let parts = |at: usize| {
            let (first, last) = words.split_at(at);
            [Self::of(first.to_vec(), last), Self::of(last.to_vec(), first)]
        };
        // More words than any name has would only make keys that nobody answers to.
        (1..words.len().min(7)).flat_map(parts).flatten().collect()
    }

    /// Whether both are the same name: the family name equal, and the given names equal or one of them the
    /// beginning of the other, because a middle name is often left out.
    pub fn agrees(&self, other: &Self) -> bool {
        self.family == other.family && given_agree(&self.given, &other.given)
    }

    /// The family name.
    pub fn family(&self) -> &str {
        &self.family
    }

    /// The first given name, and all of them as one word, which differ for "Anne-Marie" only.
    pub(crate) fn given_keys(&self) -> Vec<String> {
        let mut keys = vec![self.given[0].clone(), self.given.concat()];
        keys.dedup();
        keys
    }
}

fn given_agree(a: &[String], b: &[String]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    long.starts_with(short) || a.concat() == b.concat()
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Name(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_agree_whatever_is_only_spelling_and_differ_otherwise() {
        for (a, b, agree) in [
            (("Araminta Rose", "Copplestone"), ("araminta", "COPPLESTONE"), true),
            (("Anne-Marie", "De Silva"), ("Annemarie", "DeSilva"), true),
            (("Anne-Marie", "O'Neill"), ("Anne Marie Jane", "ONeill"), true),
            (("Siân", "Prys-Jones"), ("Sian", "Prys Jones"), true),
            (("Mary Ann", "Vale"), ("Mary Jane", "Vale"), false),
            (("Araminta", "Vale"), ("Minty", "Vale"), false),
            (("Rose", "Copplestone"), ("Araminta Rose", "Copplestone"), false),
            (("Leo", "Vale"), ("Leopold", "Vale"), false),
            (("Leo", "Vale"), ("Leo", "Vale-Hart"), false),
            (("Muhammad Ali", "Khan"), ("Mohammed Ali", "Khan"), false),
        ] {
            let (first, second) = (Name::new(a.0, a.1).unwrap(), Name::new(b.0, b.1).unwrap());
            assert_eq!(first.agrees(&second), agree, "{a:?} {b:?}");
            assert_eq!(second.agrees(&first), agree, "{b:?} {a:?}");
        }
    }

    #[test]
    fn a_name_in_full_is_read_in_both_orders() {
        let readings = Name::readings("Nguyễn Thị Minh");
        assert!(readings.contains(&Name::new("Thi Minh", "Nguyen").unwrap()));
        assert!(readings.contains(&Name::new("Nguyen Thi", "Minh").unwrap()));
        assert_eq!(Name::readings("Suharto"), []);
    }

    #[test]
    fn half_a_name_is_none() {
        assert_eq!(Name::new("Leo", ""), None);
        assert_eq!(Name::new("-", "Vale"), None);
    }
}
