//! Why a person decides although somebody on a register agrees exactly.

use encompass_core::id::RegisterId;
use encompass_core::state::Hold;
use encompass_matching::{Compared, Confirmation, Evidence, Weighed};
use serde::{Deserialize, Serialize};

/// An entry that agrees exactly, with nothing besides that would confirm it, on a register whose decided cases have not yet
/// shown that such matches are right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unearned {
    /// The register.
    pub register: RegisterId,
    /// What agrees, and what does not confirm it: a sentence without anybody's name.
    pub why: String,
}

impl Unearned {
    /// One for each register, where that is why a person decides.
    pub(crate) fn all(matching: &Evidence, confirmation: Confirmation) -> Vec<Self> {
        let candidates = || matching.candidates.iter();
        if !matching.reasons.contains(&Hold::Unconfirmed) || candidates().any(is_contradicted) {
            return Vec::new();
        }
        let unconfirmed = candidates().filter(|candidate| is_exact(candidate));
        let unconfirmed = unconfirmed.filter(|candidate| !candidate.is_confirmed(confirmation));
        unconfirmed.map(|one| Self { register: one.register, why: why(one, confirmation) }).collect()
    }

    pub(crate) fn sentence(&self) -> String {
        format!("Not yet earned for the register: {}", self.why)
    }
}

fn is_exact(candidate: &Weighed) -> bool {
    let is_numbered = candidate.has_number(Compared::Agrees) && candidate.birth_date != Compared::Differs;
    candidate.names == Compared::Agrees && (candidate.birth_date == Compared::Agrees || is_numbered)
}

/// Whether a number says one thing, and names or birth date another.
fn is_contradicted(candidate: &Weighed) -> bool {
    let (is_exact, is_earned) = (is_exact(candidate), candidate.is_earned());
    (candidate.has_number(Compared::Differs) && (is_exact || is_earned))
        || (candidate.has_number(Compared::Agrees) && !is_exact && !is_earned)
}

fn why(candidate: &Weighed, confirmation: Confirmation) -> String {
    let fields = [
        ("names", candidate.names),
        ("birth date", candidate.birth_date),
        ("postcode", candidate.postcode),
        ("pupil number", candidate.upn),
        ("NHS number", candidate.nhs_number),
    ];
    let agreeing: Vec<&str> =
        fields.iter().filter(|(_, compared)| *compared == Compared::Agrees).map(|(name, _)| *name).collect();
    let agreeing = match agreeing.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => agreeing.concat(),
    };
    let wanting = match confirmation {
        Confirmation::Postcode => "the postcode, the officer's setting nor a pupil or NHS number",
        Confirmation::Setting => "the officer's setting nor a pupil or NHS number",
    };
    format!(
        "{agreeing} agree exactly, but neither {wanting} confirms it. Such matches are sent without a person once enough \
         decided cases have shown that they are right."
    )
}
