//! The description of what we publish, for the schemas and the field reference.

use super::refusal::RefusalKind;
use crate::incident::Need::{Optional, Required};
use crate::incident::{CHILDREN_MAX, Field, Kind, MARKS_MAX, Need, Object, Problem};

const fn field(name: &'static str, kind: &'static Kind, need: Need, meaning: &'static str) -> Field {
    Field { name, kind, meaning, need, since: 1 }
}

const fn ours(name: &'static str, meaning: &'static str, fields: &'static [Field]) -> Object {
    Object { name, meaning, fields, any_of: &[], ours: true }
}

const TEXT: &Kind = &Kind::Text { chars_max: 2000 };
const COUNT: &Kind = &Kind::Whole { max: i64::MAX as u64 };

const FORCE: Field = field("force", TEXT, Required, "The force's name in the service's configuration.");
const REFERENCE: Field = field("reference", TEXT, Required, "The police reference of the incident.");
const INCIDENT: Field =
    field("incident", &Kind::Id, Required, "Our id of the incident; the message key too.");
const SEQUENCE: Field = field(
    "sequence",
    COUNT,
    Required,
    "The number of this event among those about the incident, from 1 and without gaps.",
);
const AT: Field = field("at", &Kind::Instant, Required, "When it happened.");
const CHILD: Field = field("child", &Kind::Id, Required, "Our id of the child.");
const BEFORE: Field = field("before", &Kind::OpenWord, Optional, "The state before; absent at the first.");
const AFTER: Field = field("after", &Kind::OpenWord, Required, "The state after.");
const SETTING_KIND: Field = field("setting_kind", &Kind::OpenWord, Optional, "The kind of setting.");
const DUE_AT: Field = field("due_at", &Kind::Instant, Optional, "By when the setting must have been told.");
const REASON: Field = field("reason", &Kind::OpenWord, Optional, "Why, where the state has a reason.");
const POINTER: Field = field("pointer", TEXT, Optional, "Where in the event's data, as a JSON Pointer.");
const ADVICE: Field = field("advice", TEXT, Required, "What to do about it.");

/// Something that was set aside or mended.
const MARK: &Object = &ours(
    "mark",
    "Something in the data that was set aside or mended. It holds nothing of the value.",
    &[
        field("pointer", TEXT, Required, "Where in the event's data, as a JSON Pointer."),
        field("problem", &Kind::OneOf(Problem::WORDS), Required, "What is wrong."),
        ADVICE,
    ],
);

/// A version of an incident was accepted.
pub(super) const ACCEPTED: &Object = &ours(
    "accepted",
    "A version of an incident was accepted.",
    &[
        FORCE,
        REFERENCE,
        INCIDENT,
        SEQUENCE,
        AT,
        field("version", COUNT, Required, "Which version."),
        field(
            "children",
            &Kind::List { of: &Kind::Id, items_max: CHILDREN_MAX },
            Required,
            "Our ids of its children, in the order of its list.",
        ),
        field(
            "marks",
            &Kind::List { of: &Kind::Object(MARK), items_max: MARKS_MAX },
            Required,
            "What was set aside or mended.",
        ),
        field("marks_left_out", COUNT, Required, "How many more marks there would have been."),
    ],
);

/// An event was refused.
pub(super) const REFUSED: &Object = &ours(
    "refused",
    "An event was refused. It is kept and waits for a person.",
    &[
        field("force", TEXT, Required, "The force whose topic or key it came by."),
        field("reference", TEXT, Optional, "The police reference, where it could be read."),
        field("dead_letter", &Kind::Id, Required, "Our id of what was refused; the message key too."),
        AT,
        field("topic", TEXT, Optional, "The topic that it came by."),
        field("partition", COUNT, Optional, "Its partition."),
        field("offset", COUNT, Optional, "Its offset."),
        field("kind", &Kind::OneOf(RefusalKind::WORDS), Required, "Why."),
        POINTER,
        ADVICE,
    ],
);

/// A child's own state changed.
pub(super) const CHILD_CHANGED: &Object = &ours(
    "child_changed",
    "A child went from one state to another.",
    &[FORCE, REFERENCE, INCIDENT, SEQUENCE, AT, CHILD, SETTING_KIND, BEFORE, AFTER, DUE_AT, REASON],
);

/// A notification's state changed.
pub(super) const NOTIFICATION_CHANGED: &Object = &ours(
    "notification_changed",
    "A notification, one child to one setting, went from one state to another.",
    &[
        FORCE,
        REFERENCE,
        INCIDENT,
        SEQUENCE,
        AT,
        CHILD,
        field("notification", &Kind::Id, Required, "Our id of the notification."),
        SETTING_KIND,
        BEFORE,
        AFTER,
        DUE_AT,
        REASON,
    ],
);
