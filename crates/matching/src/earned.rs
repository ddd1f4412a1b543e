//! How far matches may be sent without a person: as far as decided cases have shown.

use serde::{Deserialize, Serialize};

/// One case that a person decided, with the score that it had.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// Log-odds of the best candidate.
    pub score: f64,
    /// Whether the best candidate was the child.
    pub is_right: bool,
}

/// How far automatic sending has been earned, for one force and one register.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Earned {
    /// The lowest score that may be sent by itself; `None` while nothing is earned.
    pub threshold: Option<f64>,
    /// Decided cases at or above it.
    pub cases: u64,
    /// Wrong ones among them.
    pub wrong: u64,
    /// The one-sided 95 % lower bound of the precision there.
    pub lower_bound: f64,
}

/// One-sided confidence of the lower bound.
pub const CONFIDENCE: f64 = 0.95;

impl Earned {
    /// The lowest threshold at which the decided cases put the lower bound of precision at or above a wanted one.
    /// With every new decision it is worked out anew, so that it widens and narrows by itself.
    pub fn of(cases: &[Decided], precision: f64) -> Self {
        let mut cases: Vec<Decided> = cases.iter().filter(|case| case.score.is_finite()).copied().collect();
        cases.sort_by(|a, b| b.score.total_cmp(&a.score));
        let mut earned = Self { threshold: None, cases: 0, wrong: 0, lower_bound: 0.0 };
        let (mut seen, mut wrong) = (0, 0);
        for (place, case) in cases.iter().enumerate() {
            seen += 1;
            wrong += u64::from(!case.is_right);
            let next = cases.get(place + 1);
            // The bound rises with every right case: only where a wrong one or the end follows can it be widest.
            let may_end = next.is_none_or(|next| !next.is_right);
            if may_end && next.is_none_or(|next| next.score < case.score) {
                let lower_bound = lower_bound(seen - wrong, seen, CONFIDENCE);
                if lower_bound >= precision {
                    earned = Self { threshold: Some(case.score), cases: seen, wrong, lower_bound };
                }
            }
        }
        earned
    }

    /// The same, but never below the score that itself claims a precision: many right cases above must not carry
    /// a guess along.
    #[must_use]
    pub fn not_below(self, precision: f64) -> Self {
        let least = (precision / (1.0 - precision)).ln();
        // In whole millionths, as it is stored, so that what was read compares with what is worked out.
        let up = |threshold: f64| (threshold.max(least) * 1e6).ceil() / 1e6;
        Self { threshold: self.threshold.map(up), ..self }
    }

    /// Whether a score may be sent by itself.
    pub fn covers(&self, score: f64) -> bool {
        self.threshold.is_some_and(|threshold| score >= threshold)
    }
}

/// The one-sided lower bound of a proportion by Clopper and Pearson (1934): exact, so never too favourable.
/// 0 when nothing was seen.
pub fn lower_bound(right: u64, cases: u64, confidence: f64) -> f64 {
    let wrong = cases.saturating_sub(right);
    if right == 0 {
        return 0.0;
    }
    // The largest rate of error at which so few wrong ones are still as probable as 1 - confidence.
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if at_most(wrong, cases, middle) > 1.0 - confidence { low = middle } else { high = middle }
    }
    1.0 - high
}

/// The probability of at most so many events in so many trials.
fn at_most(events: u64, trials: u64, rate: f64) -> f64 {
    if rate >= 1.0 {
        return f64::from(u8::from(events >= trials));
    }
    let (success, failure) = (rate.ln(), (-rate).ln_1p());
    let mut choose = 0.0_f64;
    let mut total = 0.0;
    for event in 0..=events {
        total += (choose + event as f64 * success + (trials - event) as f64 * failure).exp();
        choose += ((trials - event) as f64).ln() - ((event + 1) as f64).ln();
    }
    total.min(1.0)
}

/// The one-sided upper bound of the same proportion: the most that it can be, however unlucky the draw was. 1 when nothing
/// was seen.
pub fn upper_bound(right: u64, cases: u64, confidence: f64) -> f64 {
    1.0 - lower_bound(cases.saturating_sub(right), cases, confidence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_what_the_tables_say() {
        for (right, cases, expected) in [
            (3_000, 3_000, 0.999_002),
            (30_000, 30_000, 0.999_900),
            (0, 0, 0.0),
            (0, 10, 0.0),
            (10, 10, 0.741_134),
            (99, 100, 0.953_440),
            (950, 1_000, 0.937_137),
            (4_742, 4_743, 0.999_000),
        ] {
            let bound = lower_bound(right, cases, CONFIDENCE);
            assert!((bound - expected).abs() < 2e-6, "{right} of {cases}: {bound}");
        }
    }

    #[test]
    fn sending_widens_with_right_cases_and_narrows_with_wrong_ones() {
        let cases = |count: u32, from: f64, is_right| {
            (0..count).map(move |case| Decided { score: from + f64::from(case) * 1e-4, is_right })
        };
        for (what, decided, threshold) in [
            ("nothing decided", vec![], None),
            ("too few", cases(2_900, 8.0, true).collect(), None),
            ("enough", cases(3_000, 8.0, true).collect(), Some(8.0)),
            ("more, lower", cases(3_000, 8.0, true).chain(cases(500, 6.0, true)).collect(), Some(6.0)),
            ("wrong below", cases(3_000, 8.0, true).chain(cases(1, 6.0, false)).collect(), Some(8.0)),
            ("wrong above", cases(3_000, 8.0, true).chain(cases(1, 20.0, false)).collect(), None),
            (
                "wrong above, outweighed",
                cases(4_800, 8.0, true).chain(cases(1, 20.0, false)).collect(),
                Some(8.0),
            ),
            ("not a number", cases(10, f64::NAN, true).collect(), None),
        ] {
            let earned = Earned::of(&decided, 0.999);
            assert_eq!(earned.threshold, threshold, "{what}");
            assert_eq!(earned.covers(7.0), threshold.is_some_and(|threshold| threshold <= 7.0), "{what}");
        }
    }

    #[test]
    fn cases_of_one_score_are_sent_together_or_not_at_all() {
        let mut decided = vec![Decided { score: 5.0, is_right: true }; 3_000];
        decided.push(Decided { score: 5.0, is_right: false });
        assert_eq!(Earned::of(&decided, 0.999).threshold, None);
    }

    #[test]
    fn right_cases_above_carry_no_guess_along() {
        let cases = |score| vec![Decided { score, is_right: true }; 3_000];
        for (score, threshold) in [(9.0, 9.0), (2.0, 6.906_755)] {
            let earned = Earned::of(&cases(score), 0.999).not_below(0.999);
            assert_eq!(earned.threshold, Some(threshold));
        }
        assert_eq!(Earned::of(&[], 0.999).not_below(0.999).threshold, None);
    }

    #[test]
    fn a_precision_is_refuted_by_as_many_wrong_ones_as_luck_does_not_explain() {
        for (wrong, cases, is_refuted) in [
            (0, 0, false),
            (0, 1, false),
            (1, 1, true),
            (1, 51, true),
            (1, 52, false),
            (2, 355, true),
            (2, 356, false),
            (40, 30_000, true),
            (39, 30_000, false),
        ] {
            let most = upper_bound(cases - wrong, cases, CONFIDENCE);
            assert_eq!(most < 0.999, is_refuted, "{wrong} of {cases}: {most}");
            assert!(most >= lower_bound(cases - wrong, cases, CONFIDENCE), "{wrong} of {cases}");
        }
    }
}
