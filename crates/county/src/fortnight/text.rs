//! Free text as officers write it, every piece with a made-up word that stands nowhere else.

use crate::random::Random;

/// Words of no language: one found outside the sealed content of an incident means that free text leaked.
pub(crate) const MARKERS: [&str; 24] = [
    "blorvendish",
    "quimbrosely",
    "thrandlewick",
    "zorvelkin",
    "mirfaltoop",
    "skoundrethy",
    "plovinquast",
    "gwendirrable",
    "hastormulch",
    "vexnorrible",
    "drumfozzle",
    "klimporash",
    "wobrintath",
    "yundleferg",
    "cravostipple",
    "fenjurmoss",
    "jorbelquint",
    "nastrofew",
    "ulberdrask",
    "spindrazzle",
    "ormelthwick",
    "tavrinjock",
    "exbrolliam",
    "pritzembow",
];

const CIRCUMSTANCES: [&str; 8] = [
    "Neighbour called after hearing shouting and a door being kicked. A lamp that the family call the {} was thrown.",
    "Verbal argument about money that became physical. He took her telephone and said the word {} several times.",
    "Ex-partner came to the address in breach of conditions and shouted {} through the letter box for an hour.",
    "She reported months of control: where she goes, what she spends, whom she sees. He calls it the {} rule.",
    "Third-party report from a relative. Messages with threats were seen, one of them signed {}.",
    "Disagreement over contact with the children. He pushed her against the {} cupboard in the kitchen.",
    "Officers flagged down in the street. She had a cut above the eye and said that he had been drinking {} since noon.",
    "Repeated calls to her workplace, forty in one day, in which he asked for the {}.",
];

const ACTION: [&str; 4] = [
    "Suspect arrested and taken to custody. Body-worn video made. Locks changed by {} Locksmiths.",
    "Advice given, marker {} put on the address, victim refused a statement.",
    "Protection notice served. Victim and children taken to a relative whom they call {}.",
    "No power of arrest. Referral to the adviser made, exhibit {} seized.",
];

const OWN_WORDS: [&str; 6] = [
    "I hid under the bed with {} and put my hands on my ears.",
    "Daddy was shouting like {} again.",
    "I do not want to go home when {} is there.",
    "I rang because mum said our word, {}.",
    "It was loud. I counted to {} and it was still loud.",
    "Nothing happened, I was watching {}.",
];

const WHEREABOUTS: [&str; 5] = [
    "upstairs, asleep beside the {}",
    "in the kitchen, behind the {}",
    "at a grandparent's, at {} House",
    "in the same room, on the {} sofa",
    "in the car outside, with {} on the radio",
];

const NOTES: [&str; 4] = [
    "Has a toy called {} that must stay near.",
    "Speaks little; understands signs, uses {} for yes.",
    "Wears a {} bracelet for an allergy.",
    "Was in {} pyjamas, clean and fed.",
];

const SAFETY: [&str; 3] = [
    "Stays with a friend; password at the door is {}.",
    "New telephone, number known to the {} team only.",
    "Suspect on bail not to come within 100 metres of {} Corner.",
];

/// What a piece of free text is about.
#[derive(Clone, Copy)]
pub(super) enum About {
    Circumstances,
    Action,
    OwnWords,
    Whereabouts,
    Notes,
    Safety,
}

/// A piece of free text.
pub(super) fn text(random: &mut Random, about: About) -> String {
    let pieces: &[&str] = match about {
        About::Circumstances => &CIRCUMSTANCES,
        About::Action => &ACTION,
        About::OwnWords => &OWN_WORDS,
        About::Whereabouts => &WHEREABOUTS,
        About::Notes => &NOTES,
        About::Safety => &SAFETY,
    };
    let piece = random.pick(pieces);
    piece.replacen("{}", random.pick(&MARKERS), 1)
}
