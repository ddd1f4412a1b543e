//! Whether it is clear who a child is, although no setting follows from it.

use encompass_matching::{Compared, Confirmation, Evidence, Seen, Standing, Weighed};

/// Whether it is clear who the child is, although the rules stopped at the enrolments: everything else agrees. An officer
/// who names a setting where the enrolment is over speaks against that, not for it.
pub(super) fn is_established(evidence: &Evidence, confirmation: Confirmation) -> bool {
    let mut fitting = evidence.candidates.iter().filter(|candidate| candidate.fits).peekable();
    let agrees = |candidate: &Weighed| {
        candidate.is_confirmed(confirmation)
            && candidate.officer != Compared::Differs
            && !names_ended(evidence, candidate)
    };
    fitting.peek().is_some() && fitting.all(agrees) && !disagree(evidence)
}

fn names_ended(evidence: &Evidence, candidate: &Weighed) -> bool {
    let is_over = |seen: &&Seen| matches!(seen.standing, Standing::Ended | Standing::NotBegun);
    candidate.enrolments.iter().filter(is_over).any(|seen| evidence.officer.contains(&seen.setting))
}

/// Whether one register has the child at a setting now, and another at one that it left or that can't be told.
fn disagree(evidence: &Evidence) -> bool {
    let is_now = |candidate: &Weighed| candidate.enrolments.iter().any(|seen| seen.standing.is_on_roll());
    let fitting: Vec<&Weighed> = evidence.candidates.iter().filter(|candidate| candidate.fits).collect();
    let some = fitting.iter().any(|candidate| is_now(candidate));
    some && fitting.iter().any(|candidate| !is_now(candidate) && !candidate.enrolments.is_empty())
}
