//! Why an event was not accepted, said without a word of what it held.

use std::borrow::Cow;

use crate::incident::Pointer;
use crate::incident::words::words;

words! {
    /// Why an event was refused.
    RefusalKind {
        /// It is not JSON, or its data is not an object.
        Unreadable = "unreadable",
        /// It is not a CloudEvent of version 1.
        NotCloudEvents = "not_cloudevents",
        /// Its type is none that we know.
        UnknownType = "unknown_type",
        /// It lacks something that we cannot act without.
        MissingRequired = "missing_required",
        /// It names no child and does not say that there is none.
        NothingToLookUp = "nothing_to_look_up",
        /// It is larger, deeper or longer than we take.
        TooLarge = "too_large",
        /// It names a force that its sender may not speak for. This is a security alert as well.
        WrongForce = "wrong_force",
        /// We have this version already, with other content.
        VersionConflict = "version_conflict",
    }
}

/// An event that was not accepted. Holds property names of our own schema and advice of ours, nothing of the event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {advice}")]
pub struct Refusal {
    /// Why.
    pub kind: RefusalKind,
    /// Where in the event's data; `None` when it is not about one field of it.
    pub pointer: Option<Pointer>,
    /// What to do about it, for the people who run the force's system.
    pub advice: Cow<'static, str>,
}

impl Refusal {
    pub(crate) fn new(
        kind: RefusalKind,
        pointer: Option<Pointer>,
        advice: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { kind, pointer, advice: advice.into() }
    }

    /// The refusal of an event whose force its topic or key may not speak for.
    pub fn wrong_force() -> Self {
        let advice = "The topic or key that this came by may not speak for the force that it names.";
        Self::new(RefusalKind::WrongForce, Some(Pointer::to("force")), advice)
    }

    /// The refusal of an event whose version we have with other content.
    pub fn version_conflict() -> Self {
        let advice = "This version was received before with other content. Send the new content with a higher version.";
        Self::new(RefusalKind::VersionConflict, Some(Pointer::to("version")), advice)
    }

    /// The refusal of an event, or of a batch, above a limit in bytes.
    pub fn too_large(bytes_max: usize) -> Self {
        Self::new(RefusalKind::TooLarge, None, format!("At most {bytes_max} bytes are taken at once."))
    }
}
