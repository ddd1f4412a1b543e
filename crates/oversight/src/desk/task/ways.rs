//! How tasks are settled by hand.

use encompass_core::state::TaskKind;

/// The ways a task of this kind is settled by hand; none where deciding on the case itself settles it.
pub(crate) const fn ways(kind: TaskKind) -> &'static [(&'static str, &'static str)] {
    const CHANGE: &[(&str, &str)] = &[
        ("setting_told", "The setting was told of the change"),
        ("no_action", "Nothing that the setting needs to know has changed"),
        ("passed_on", "Passed on to somebody else"),
    ];
    match kind {
        TaskKind::Hold | TaskKind::DeadLetter | TaskKind::Call => &[],
        TaskKind::VersionOrder => &[
            ("right_order", "The version that holds is the latest"),
            ("put_right", "The force sent what holds with a higher number"),
            ("passed_on", "Passed on to somebody else"),
        ],
        TaskKind::Corrected | TaskKind::Withdrawn | TaskKind::NoLongerNamed => CHANGE,
        TaskKind::WrongSetting => &[
            ("breach_recorded", "Recorded as a breach; the setting confirmed that it keeps nothing"),
            ("nothing_disclosed", "Nothing was disclosed beyond name and birth date"),
            ("passed_on", "Passed on to somebody else"),
        ],
        TaskKind::BadContact => &[
            ("contact_found", "A contact was found or verified"),
            ("told_otherwise", "The setting was told in another way"),
            ("passed_on", "Passed on to somebody else"),
        ],
        TaskKind::TellBesides => &[
            ("told_otherwise", "They were found and told"),
            ("nobody_else", "Nobody else is to be told"),
            ("passed_on", "Passed on to somebody else"),
        ],
        TaskKind::HandedOver => &[
            ("taken_over", "Taken over: who has to be told is told"),
            ("not_ours", "Not ours: the force that handed it over knows"),
            ("passed_on", "Passed on to somebody else"),
        ],
        TaskKind::Withheld => &[
            ("told_in_person", "What the setting needs to know was told in person"),
            ("rightly_kept_back", "Rightly kept back"),
            ("passed_on", "Passed on to somebody else"),
        ],
        TaskKind::WrongForce
        | TaskKind::TallyDifference
        | TaskKind::FeedGap
        | TaskKind::Stuck
        | TaskKind::Narrowed => &[
            ("mended", "The cause was found and mended"),
            ("explained", "Explained, nothing to mend"),
            ("passed_on", "Passed on to somebody else"),
        ],
    }
}
