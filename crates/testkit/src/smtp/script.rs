//! What a server answers otherwise than by accepting.

/// A step of a session, at which a rule may apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// A client connected.
    Connect,
    /// `EHLO` or `HELO`.
    Hello,
    /// `STARTTLS`.
    StartTls,
    /// `AUTH`.
    Auth,
    /// `MAIL FROM`.
    Sender,
    /// `RCPT TO`.
    Recipient,
    /// `DATA`.
    Data,
    /// The final dot.
    Content,
}

/// What happens at a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Answers this line, as `450 4.7.1 Greylisted`; below 400 at the final dot, the mail counts as taken.
    Reply(String),
    /// Answers this line and closes, as `421 4.3.2 Shutting down`.
    ReplyAndClose(String),
    /// Closes without an answer; at the final dot, the mail counts as taken.
    Close,
    /// Never answers and keeps the connection.
    Stall,
}

/// What happens at a step, and how often.
#[derive(Debug, Clone)]
pub struct Rule {
    step: Step,
    act: Act,
    left: usize,
    containing: String,
}

impl Rule {
    /// Each time.
    pub fn always(step: Step, act: Act) -> Rule {
        Rule { step, act, left: usize::MAX, containing: String::new() }
    }

    /// The next `times` times; then the rules after it, then accepting.
    pub fn times(times: usize, step: Step, act: Act) -> Rule {
        Rule { left: times, ..Rule::always(step, act) }
    }

    /// An answer, each time.
    pub fn reply(step: Step, line: &str) -> Rule {
        Rule::always(step, Act::Reply(line.to_owned()))
    }

    /// Only where the client's line contains this, as a recipient's address.
    #[must_use]
    pub fn containing(self, text: &str) -> Rule {
        Rule { containing: text.to_owned(), ..self }
    }
}

#[derive(Debug)]
pub(super) struct Script(Vec<Rule>);

impl Script {
    pub(super) fn new(rules: Vec<Rule>) -> Script {
        Script(rules)
    }

    /// The first rule that applies and is not used up.
    pub(super) fn next(&mut self, step: Step, line: &str) -> Option<Act> {
        let applies =
            |rule: &&mut Rule| rule.step == step && rule.left > 0 && line.contains(&rule.containing);
        let rule = self.0.iter_mut().find(applies)?;
        rule.left -= 1;
        Some(rule.act.clone())
    }
}
