//! What each template may say. The keys of a context are all there is: a template that asks for more is refused.

use jiff::Timestamp;
use minijinja::{Value, context};

use super::time::{span, spoken};

/// A notice to a setting's contact. Has no `Debug`, like all that hold a link or a code: it opens something.
#[derive(Clone, Copy)]
pub struct Notice<'a> {
    /// Name of the force, from the configuration.
    pub force: &'a str,
    /// Page that opens the notice.
    pub link: &'a str,
    /// Notifications that the notice carries. At least 1.
    pub count: usize,
    /// When the first of them must have been read.
    pub due_at: Timestamp,
    /// The desk's telephone, from the configuration.
    pub telephone: &'a str,
}

impl Notice<'_> {
    pub(super) fn view(&self) -> Value {
        let Notice { force, link, count, due_at, telephone } = *self;
        context! { force, link, count, due => spoken(due_at), telephone }
    }

    pub(super) fn sample() -> Notice<'static> {
        Notice {
            force: "Exampleshire Constabulary",
            link: "https://encompass.example/n/AAAAAAAAAAAAAAAAAAAAAA",
            count: 2,
            due_at: Timestamp::UNIX_EPOCH,
            telephone: "01632 960000",
        }
    }
}

/// A code for a browser that asked for one.
#[derive(Clone, Copy)]
pub struct Code<'a> {
    /// Six digits, good for ten minutes.
    pub code: &'a str,
    /// The desk's telephone, from the configuration.
    pub telephone: &'a str,
}

impl Code<'_> {
    pub(super) fn view(&self) -> Value {
        let Code { code, telephone } = *self;
        context! { code, telephone }
    }

    pub(super) fn sample() -> Code<'static> {
        Code { code: "000000", telephone: "01632 960000" }
    }
}

/// A request to confirm an address.
#[derive(Clone, Copy)]
pub struct Verification<'a> {
    /// Name of the force, from the configuration.
    pub force: &'a str,
    /// Page where the code is entered.
    pub link: &'a str,
    /// Six digits.
    pub code: &'a str,
    /// Until when link and code are good.
    pub expires_at: Timestamp,
    /// The desk's telephone, from the configuration.
    pub telephone: &'a str,
}

impl Verification<'_> {
    pub(super) fn view(&self) -> Value {
        let Verification { force, link, code, expires_at, telephone } = *self;
        context! { force, link, code, expires => spoken(expires_at), telephone }
    }

    pub(super) fn sample() -> Verification<'static> {
        Verification {
            force: "Exampleshire Constabulary",
            link: "https://encompass.example/verify/AAAAAAAAAAAAAAAAAAAAAA",
            code: "000000",
            expires_at: Timestamp::UNIX_EPOCH,
            telephone: "01632 960000",
        }
    }
}

/// A task for the desk's duty address.
#[derive(Clone, Copy)]
pub struct TaskAlert<'a> {
    /// What is asked of a person, in our own fixed words; a text that came with an incident does not fit the type.
    pub kind: &'static str,
    /// When it must be done.
    pub due_at: Timestamp,
    /// Now, for the time left.
    pub at: Timestamp,
    /// The task on the desk page.
    pub link: &'a str,
    /// True for every alert after the first, when nobody has settled the task.
    pub second: bool,
}

impl TaskAlert<'_> {
    pub(super) fn view(&self) -> Value {
        let TaskAlert { kind, due_at, at, link, second } = *self;
        let minutes = (due_at.as_second() - at.as_second()).div_euclid(60);
        context! { kind, left => span(minutes), due => spoken(due_at), link, second }
    }

    pub(super) fn sample() -> TaskAlert<'static> {
        TaskAlert {
            kind: "call the setting",
            due_at: Timestamp::UNIX_EPOCH,
            at: Timestamp::UNIX_EPOCH,
            link: "https://desk.example/tasks/1",
            second: true,
        }
    }
}

/// A child of the area waits for a decision, to the authority's officer for the home.
#[derive(Clone, Copy)]
pub struct Officer<'a> {
    /// The force's name.
    pub force: &'a str,
    /// When a setting must have been told.
    pub due_at: Timestamp,
    /// Now, for the time left.
    pub at: Timestamp,
    /// What the desk finds the child by: a part of its task's number.
    pub reference: &'a str,
    /// The desk's telephone number.
    pub telephone: &'a str,
}

impl Officer<'_> {
    pub(super) fn view(&self) -> Value {
        let Officer { force, due_at, at, reference, telephone } = *self;
        let minutes = (due_at.as_second() - at.as_second()).div_euclid(60);
        context! { force, left => span(minutes), due => spoken(due_at), reference, telephone }
    }

    pub(super) fn sample() -> Officer<'static> {
        Officer {
            force: "Anyshire Police",
            due_at: Timestamp::UNIX_EPOCH,
            at: Timestamp::UNIX_EPOCH,
            reference: "01a2045c",
            telephone: "01632 960000",
        }
    }
}
