//! The brake on a load that would close too much: a cut-off file looks like a county that shut its schools.

use crate::Error;

/// Refuses a load that would close more than `allowed_share` (0.0 to 1.0) of what is open now.
///
/// # Errors
/// [`Error::Shrinks`] when the share is exceeded, or is not a number.
pub fn check_shrink(current_open: u64, closing: u64, allowed_share: f64) -> Result<(), Error> {
    if closing == 0 || share(closing, current_open) <= allowed_share {
        return Ok(());
    }
    Err(Error::Shrinks { closing, open: current_open, allowed_percent: allowed_share * 100.0 })
}

/// The part of the whole, 0.0 to 1.0 and above; a part of nothing is everything.
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    if part == 0 {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
    let share = part as f64 / whole.max(1) as f64;
    share
}

#[cfg(test)]
mod tests {
    use super::check_shrink;

    #[test]
    fn a_load_that_closes_more_than_the_share_is_refused() {
        let table = [
            (100, 0, 0.0, true),
            (100, 5, 0.05, true),
            (100, 6, 0.05, false),
            (0, 0, 0.05, true),
            (0, 1, 0.05, false),
            (100, 100, 1.0, true),
            (100, 1, f64::NAN, false),
        ];
        for (open, closing, share, allowed) in table {
            assert_eq!(
                check_shrink(open, closing, share).is_ok(),
                allowed,
                "{closing} of {open} under {share}"
            );
        }
    }
}
