//! The texts we send: mails from templates, and the thin body of a webhook.
//!
//! A template can only say what its context holds, and no context has a place for anything about a child: links,
//! codes, counts, times, the name of a force and the desk's telephone. So no template, shipped or a force's own,
//! can leak a child's data.

mod context;
mod thin;
mod time;

use std::fmt;
use std::path::{Path, PathBuf};

use minijinja::{Environment, UndefinedBehavior, Value};

pub use context::{Code, Notice, Officer, TaskAlert, Verification};
pub use thin::waiting;

/// Widest line of a mail, in characters (RFC 5322, section 2.1.1 recommends 78; two are left for quoting). A line
/// that is one link may be wider, since a broken link is worse.
pub const COLUMNS_MAX: usize = 76;

/// A mail's subject and text. `Debug` hides the text: it may hold a code or a link that opens a notice.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The same for every mail of a kind; one line.
    pub subject: String,
    /// Plain text, lines ending in `\n`.
    pub body: String,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// Our own fault: a template or the folder of templates. Poison: a retry changes nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A template of the folder cannot be read.
    #[error("message template {path} cannot be read")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A template does not begin with `Subject: ` and a constant text.
    #[error("message template {0} must begin with a line \"Subject: \" and a text without expressions")]
    Subject(&'static str),
    /// A template is wrong or asks for something that its context does not hold.
    #[error("message template {name} cannot be rendered")]
    Template {
        /// Its name.
        name: &'static str,
        /// What is wrong with it.
        source: minijinja::Error,
    },
}

/// The mails we send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Notice,
    Code,
    Verification,
    TaskAlert,
    Officer,
}

impl Kind {
    const ALL: [Kind; 5] = [Kind::Notice, Kind::Code, Kind::Verification, Kind::TaskAlert, Kind::Officer];

    fn name(self) -> &'static str {
        match self {
            Kind::Notice => "notice",
            Kind::Code => "code",
            Kind::Verification => "verification",
            Kind::TaskAlert => "task_alert",
            Kind::Officer => "officer",
        }
    }

    fn shipped(self) -> &'static str {
        match self {
            Kind::Notice => include_str!("../../../../config/messages/notice.txt"),
            Kind::Code => include_str!("../../../../config/messages/code.txt"),
            Kind::Verification => include_str!("../../../../config/messages/verification.txt"),
            Kind::TaskAlert => include_str!("../../../../config/messages/task_alert.txt"),
            Kind::Officer => include_str!("../../../../config/messages/officer.txt"),
        }
    }
}

/// All templates, compiled and tried.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
    subjects: Vec<(Kind, String)>,
}

impl Templates {
    /// The shipped templates, each replaced by the file of its name in `folder` (`notice.txt`, …) where there is
    /// one. Every template is rendered once with sample values, so that a wrong one is found at the start and not
    /// at the first incident.
    ///
    /// # Errors
    /// A file cannot be read, has no constant subject, or cannot be rendered.
    pub fn load(folder: Option<&Path>) -> Result<Templates, Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        let mut templates = Templates { environment, subjects: Vec::new() };
        for kind in Kind::ALL {
            let text = source(kind, folder)?;
            templates.add(kind, &text)?;
        }
        templates.try_all()?;
        Ok(templates)
    }

    /// "A notification waits": thin, to a setting's contact.
    ///
    /// # Errors
    /// The template cannot be rendered with these values.
    pub fn notice(&self, notice: &Notice<'_>) -> Result<Message, Error> {
        self.render(Kind::Notice, notice.view())
    }

    /// The six digits that open a notice.
    ///
    /// # Errors
    /// The template cannot be rendered with these values.
    pub fn code(&self, code: &Code<'_>) -> Result<Message, Error> {
        self.render(Kind::Code, code.view())
    }

    /// Link and code that verify a contact's address.
    ///
    /// # Errors
    /// The template cannot be rendered with these values.
    pub fn verification(&self, verification: &Verification<'_>) -> Result<Message, Error> {
        self.render(Kind::Verification, verification.view())
    }

    /// A task waits, to the desk's duty address.
    ///
    /// # Errors
    /// The template cannot be rendered with these values.
    pub fn task_alert(&self, alert: &TaskAlert<'_>) -> Result<Message, Error> {
        self.render(Kind::TaskAlert, alert.view())
    }

    /// A child of the area waits for a decision, to the authority's officer.
    ///
    /// # Errors
    /// The template cannot be rendered with these values.
    pub fn officer(&self, officer: &Officer<'_>) -> Result<Message, Error> {
        self.render(Kind::Officer, officer.view())
    }

    fn add(&mut self, kind: Kind, text: &str) -> Result<(), Error> {
        let (subject, body) = split(text).ok_or(Error::Subject(kind.name()))?;
        let added = self.environment.add_template_owned(kind.name(), body.to_owned());
        added.map_err(|source| Error::Template { name: kind.name(), source })?;
        self.subjects.push((kind, subject.to_owned()));
        Ok(())
    }

    fn try_all(&self) -> Result<(), Error> {
        self.notice(&Notice::sample())?;
        self.code(&Code::sample())?;
        self.verification(&Verification::sample())?;
        self.task_alert(&TaskAlert::sample())?;
        self.officer(&Officer::sample())?;
        Ok(())
    }

    fn render(&self, kind: Kind, context: Value) -> Result<Message, Error> {
        let failed = |source| Error::Template { name: kind.name(), source };
        let template = self.environment.get_template(kind.name()).map_err(failed)?;
        let mut body = template.render(context).map_err(failed)?;
        // The engine drops a template's last line end.
        body.push('\n');
        let subject = self.subjects.iter().find(|(known, _)| *known == kind);
        let (_, subject) = subject.expect("load has added every kind");
        Ok(Message { subject: subject.clone(), body })
    }
}

fn source(kind: Kind, folder: Option<&Path>) -> Result<String, Error> {
    let Some(folder) = folder else { return Ok(kind.shipped().to_owned()) };
    let path = folder.join(kind.name()).with_extension("txt");
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text),
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => Ok(kind.shipped().to_owned()),
        Err(source) => Err(Error::Unreadable { path, source }),
    }
}

/// Subject and body. A subject is constant, so that nothing about a case can ever stand in it.
fn split(text: &str) -> Option<(&str, &str)> {
    let (first, body) = text.split_once('\n')?;
    let subject = first.strip_prefix("Subject: ")?.trim();
    let constant =
        !subject.is_empty() && !subject.contains(['{', '}']) && !subject.contains(char::is_control);
    constant.then_some((subject, body))
}

#[cfg(test)]
mod tests;
