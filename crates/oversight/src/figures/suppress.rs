//! Suppressing small numbers: those under five, and as many others as it takes that no total gives them away.
//!
//! Nought is shown: it is about nobody. What is held back can't be worked out from what is shown, also not by who
//! knows this rule: every part that is held back could be at least two numbers.

/// Numbers under this are held back.
pub const LEAST: u64 = 5;

/// One number as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// It may be shown.
    Number(u64),
    /// It is held back.
    Suppressed,
}

impl Shown {
    /// The number, if it may be shown.
    pub const fn number(self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Suppressed => None,
        }
    }
}

/// The parts of one whole and the whole, as they are shown. The whole is what the parts add up to.
pub fn partition(parts: &[u64]) -> (Shown, Vec<Shown>) {
    let whole: u64 = parts.iter().sum();
    if is_small(whole) {
        return (Shown::Suppressed, parts.iter().map(|part| held_back_unless_none(*part, whole)).collect());
    }
    let hidden = hide(parts);
    let shown = parts.iter().enumerate().map(|(place, part)| match hidden.contains(&place) {
        true => Shown::Suppressed,
        false => Shown::Number(*part),
    });
    let shown: Vec<Shown> = shown.collect();
    if is_safe(parts, &hidden) { (Shown::Number(whole), shown) } else { (Shown::Suppressed, shown) }
}

const fn is_small(number: u64) -> bool {
    number > 0 && number < LEAST
}

/// A small whole is held back with all its parts; of nothing, every part is nought and may be shown.
const fn held_back_unless_none(part: u64, whole: u64) -> Shown {
    if whole == 0 { Shown::Number(part) } else { Shown::Suppressed }
}

/// The places that are held back: the small ones, then the smallest others until they are safe.
fn hide(parts: &[u64]) -> Vec<usize> {
    let mut hidden: Vec<usize> = (0..parts.len()).filter(|place| is_small(parts[*place])).collect();
    let mut others: Vec<usize> = (0..parts.len()).filter(|place| parts[*place] >= LEAST).collect();
    others.sort_by_key(|place| parts[*place]);
    let mut others = others.into_iter();
    while !is_safe(parts, &hidden) {
        match others.next() {
            Some(place) => hidden.push(place),
            None => break,
        }
    }
    hidden
}

/// Whether the sum of what is held back, which the whole and the rest give away, leaves each of them open.
///
/// A small one is 1 to 4, one that is held back for its sake is 5 or more. One alone is its own sum. Of small ones
/// only, the sum 1 each and the sum 4 each have one solution. With a larger one beside them the small ones are
/// open, unless everything is at its least.
fn is_safe(parts: &[u64], hidden: &[usize]) -> bool {
    let small =
        u64::try_from(hidden.iter().filter(|place| is_small(parts[**place])).count()).unwrap_or(u64::MAX);
    let large = u64::try_from(hidden.len()).unwrap_or(u64::MAX) - small;
    let sum: u64 = hidden.iter().map(|place| parts[*place]).sum();
    match (small, large) {
        (0, 0) => true,
        (_, 0) => small > 1 && sum != small && sum != small * (LEAST - 1),
        (_, _) => sum != small + large * LEAST,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(parts: &[u64]) -> String {
        let (whole, parts) = partition(parts);
        let word = |shown: Shown| shown.number().map_or("*".to_owned(), |number| number.to_string());
        format!("{} = {}", word(whole), parts.into_iter().map(word).collect::<Vec<_>>().join(" + "))
    }

    #[test]
    fn small_numbers_and_what_would_give_them_away_are_held_back() {
        for (parts, shown) in [
            (&[100, 20, 30][..], "150 = 100 + 20 + 30"),
            (&[0, 0, 0], "0 = 0 + 0 + 0"),
            (&[3, 0], "* = * + *"),
            (&[100, 3, 0], "103 = * + * + 0"),
            (&[100, 3, 20], "123 = 100 + * + *"),
            (&[100, 3, 2], "105 = 100 + * + *"),
            (&[100, 1, 1, 9], "111 = 100 + * + * + *"),
            (&[100, 4, 4, 9], "117 = 100 + * + * + *"),
            (&[5, 1, 50], "56 = * + * + *"),
            (&[5, 1], "* = * + *"),
            (&[5], "5 = 5"),
        ] {
            assert_eq!(told(parts), shown, "{parts:?}");
        }
    }

    /// How many numbers each part could be for a reader who knows the rule: small ones 1 to 4, others 5 or more.
    fn solutions(parts: &[u64], place: usize, hidden: &[usize], sum: u64) -> usize {
        let range = |at: usize| if is_small(parts[at]) { 1..LEAST } else { LEAST..sum + 1 };
        let others: Vec<usize> = hidden.iter().copied().filter(|at| *at != place).collect();
        let can_make = |rest: u64| {
            let least: u64 = others.iter().map(|at| range(*at).start).sum();
            let most: u64 = others.iter().map(|at| range(*at).end - 1).sum();
            (least..=most).contains(&rest)
        };
        range(place).filter(|number| *number <= sum && can_make(sum - number)).count()
    }

    proptest! {
        #[test]
        fn no_small_number_is_shown_or_can_be_worked_out(parts in prop::collection::vec(0_u64..30, 1..7)) {
            let (whole, shown) = partition(&parts);
            let hidden: Vec<usize> = (0..parts.len()).filter(|place| shown[*place] == Shown::Suppressed).collect();
            for (place, part) in parts.iter().enumerate() {
                prop_assert!(!is_small(*part) || hidden.contains(&place));
                if let Shown::Number(number) = shown[place] {
                    prop_assert_eq!(number, *part);
                }
            }
            if let Shown::Number(number) = whole {
                prop_assert_eq!(number, parts.iter().sum::<u64>());
                let sum: u64 = hidden.iter().map(|place| parts[*place]).sum();
                for place in hidden.iter().copied().filter(|place| is_small(parts[*place])) {
                    prop_assert!(solutions(&parts, place, &hidden, sum) > 1);
                }
            }
        }
    }
}
