//! The topics that have to be there. We make none: partitions, retention and rights are the broker's operators' to say.

use super::Kafka;

/// A topic that has to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub what_for: Use,
}

/// What a topic is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Police systems publish to it, we read it.
    Incidents,
    /// We publish lifecycle events to it.
    Events,
    /// We mirror refused messages to it.
    DeadLetters,
}

impl Use {
    /// What the broker's operators have to know of it.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Incidents => {
                "police systems write incidents to it and we read it; key: the police reference; keep messages for a \
                 week at least"
            }
            Self::Events => {
                "we write lifecycle events to it, without personal data; keep them as long as a copy of the store may \
                 be old when it is restored"
            }
            Self::DeadLetters => {
                "we mirror refused messages to it as they came, personal data and all: give rights to read it to those \
                 who may read the incidents; until it is there they wait in the store"
            }
        }
    }
}

impl Kafka {
    /// Every topic that has to be there; none without a broker.
    pub fn needed_topics(&self) -> Vec<Topic> {
        if !self.is_on() {
            return Vec::new();
        }
        let topic = |name: &str, what_for| Topic { name: name.to_owned(), what_for };
        let events = self.all_events_topics().into_iter().map(|name| topic(name, Use::Events));
        let read = self.topics.keys().flat_map(|name| {
            [topic(name, Use::Incidents), topic(&dead_letter_topic(name), Use::DeadLetters)]
        });
        read.chain(events).collect()
    }
}

/// Where the refused messages of a topic are mirrored to.
pub(crate) fn dead_letter_topic(topic: &str) -> String {
    format!("{topic}.dlq")
}
