//! The closed lists of words in the contract.

use serde_json::Value;

use super::fields::Kind;
use super::mark::Problem;
use super::reading::{Personal, Readable, Reading};

/// A closed list of words.
pub(crate) trait Vocabulary: Copy + 'static {
    const KIND: &'static Kind;
    fn from_word(word: &str) -> Option<Self>;
}

/// Declares an enum whose cases are words of the contract, with what each means.
macro_rules! words {
    (
        $(#[doc = $meaning:literal])+
        $name:ident {
            $($(#[doc = $what:literal])+ $case:ident = $word:literal,)+
        }
    ) => {
        $(#[doc = $meaning])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[doc = $what])+ $case,)+
        }

        impl $name {
            /// Every word with its meaning.
            pub const WORDS: &'static [$crate::incident::Word] =
                &[$($crate::incident::Word { word: $word, meaning: concat!($($what),+) },)+];
            /// Every case, in the order of [`Self::WORDS`].
            pub const ALL: &'static [Self] = &[$(Self::$case,)+];

            /// The word as it stands in the JSON.
            pub fn word(self) -> &'static str {
                match self { $(Self::$case => $word,)+ }
            }

            /// What it means, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$case => concat!($($what),+).trim_ascii(),)+ }
            }

            /// The case of a word; `None` when it is none of ours.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$case),)+ _ => None }
            }
        }

        impl $crate::incident::words::Vocabulary for $name {
            const KIND: &'static $crate::incident::Kind = &$crate::incident::Kind::OneOf($name::WORDS);
            fn from_word(word: &str) -> Option<Self> {
                $name::from_word(word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}
pub(crate) use words;

impl<T: Vocabulary> Readable for T {
    const KIND: &'static Kind = T::KIND;
    /// Takes a word in any case, and with spaces or hyphens for underscores.
    fn read(value: &Value, at: &mut Reading) -> Option<Self> {
        let Some(text) = value.as_str() else {
            return at.wrong(Problem::WrongType, <Self as Readable>::KIND);
        };
        let word = text.trim().to_ascii_lowercase().replace([' ', '-'], "_");
        T::from_word(&word).or_else(|| at.wrong(Problem::UnknownWord, <Self as Readable>::KIND))
    }
}

impl<T: Vocabulary> Personal for T {}

words! {
    /// A form of abuse, by section 1(3) of the Domestic Abuse Act 2021 and the forms police systems count apart.
    Abuse {
        /// Physical abuse, also throwing or breaking things.
        Physical = "physical",
        /// Sexual abuse.
        Sexual = "sexual",
        /// Violent or threatening behaviour.
        ViolentOrThreatening = "violent_or_threatening",
        /// Controlling or coercive behaviour.
        ControllingOrCoercive = "controlling_or_coercive",
        /// Economic abuse.
        Economic = "economic",
        /// Emotional abuse.
        Emotional = "emotional",
        /// Psychological abuse.
        Psychological = "psychological",
        /// Stalking or harassment.
        Stalking = "stalking",
        /// Abuse in the name of honour.
        HonourBased = "honour_based",
        /// Forced marriage.
        ForcedMarriage = "forced_marriage",
        /// Female genital mutilation.
        FemaleGenitalMutilation = "female_genital_mutilation",
        /// Abuse by a child or adolescent of a parent.
        ChildToParent = "child_to_parent",
        /// Another form.
        Other = "other",
    }
}

words! {
    /// The risk grade that police gave. It is told and counted, and never decides whether to notify.
    RiskGrade {
        /// Standard risk.
        Standard = "standard",
        /// Medium risk.
        Medium = "medium",
        /// High risk.
        High = "high",
        /// Not graded yet.
        NotAssessed = "not_assessed",
    }
}

words! {
    /// What police found when they asked for children.
    ChildrenChecked {
        /// No child lives there or is otherwise affected.
        None = "none",
        /// Every child is named here.
        AllNamed = "all_named",
        /// There may be children besides those named here.
        MayBeMore = "may_be_more",
    }
}

words! {
    /// The part that an adult had.
    AdultRole {
        /// Harmed, or at risk of harm.
        Victim = "victim",
        /// Said to have caused harm.
        Suspect = "suspect",
        /// Another part: a witness, a grandparent in the house.
        Other = "other",
    }
}

words! {
    /// What sort of name it is.
    NameKind {
        /// The name on record.
        Recorded = "recorded",
        /// A name also used.
        Alias = "alias",
        /// A name used before.
        Former = "former",
    }
}

words! {
    /// What the person has to do with the address.
    AddressKind {
        /// The person lives there.
        Home = "home",
        /// The person lives there part of the time, with another parent for instance.
        Second = "second",
        /// The person stays there for now.
        Temporary = "temporary",
        /// The person lived there before.
        Former = "former",
        /// Another tie.
        Other = "other",
    }
}

words! {
    /// Sex as police record it.
    Sex {
        /// Female.
        Female = "female",
        /// Male.
        Male = "male",
        /// Neither of the two, or not determined.
        Other = "other",
    }
}

words! {
    /// What an adult is to the child.
    RelationshipKind {
        /// Mother.
        Mother = "mother",
        /// Father.
        Father = "father",
        /// Step-parent.
        StepParent = "step_parent",
        /// Partner of a parent.
        PartnerOfParent = "partner_of_parent",
        /// Adoptive or foster parent, guardian or other carer.
        Carer = "carer",
        /// Grandparent.
        Grandparent = "grandparent",
        /// Brother or sister, also half or step.
        Sibling = "sibling",
        /// Another relative.
        OtherRelative = "other_relative",
        /// The child's own partner or former partner.
        OwnPartner = "own_partner",
        /// Neither relative nor carer.
        NotRelated = "not_related",
    }
}

words! {
    /// Who spoke to the child.
    SpokenToBy {
        /// A police officer at the incident.
        Officer = "officer",
        /// A police officer of a specialist team.
        SpecialistOfficer = "specialist_officer",
        /// A social worker.
        SocialWorker = "social_worker",
        /// A health worker.
        HealthWorker = "health_worker",
        /// Somebody else.
        Other = "other",
    }
}

words! {
    /// An order or notice that protects somebody.
    OrderKind {
        /// Domestic abuse protection notice.
        ProtectionNotice = "protection_notice",
        /// Domestic abuse protection order.
        ProtectionOrder = "protection_order",
        /// Non-molestation order.
        NonMolestationOrder = "non_molestation_order",
        /// Occupation order.
        OccupationOrder = "occupation_order",
        /// Restraining order.
        RestrainingOrder = "restraining_order",
        /// Stalking protection order.
        StalkingProtectionOrder = "stalking_protection_order",
        /// Prohibited steps or specific issue order about a child.
        ChildArrangements = "child_arrangements",
        /// Bail conditions.
        Bail = "bail",
        /// Another one.
        Other = "other",
    }
}

words! {
    /// Why police ask that nobody be told of a child.
    WithheldBecause {
        /// Telling would put somebody at risk.
        Unsafe = "unsafe",
        /// Another reason, given in the text.
        Other = "other",
    }
}
