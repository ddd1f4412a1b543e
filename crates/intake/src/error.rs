//! What stops intake. Everything that is expected is a value instead.

use rdkafka::error::KafkaError;

/// Result of intake.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of intake. None of them holds anything of a message.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration makes no sense.
    #[error("intake's configuration: {0}")]
    Config(String),
    /// The store refuses what it must not refuse, or is away and the caller does not wait.
    #[error(transparent)]
    Store(#[from] encompass_store::Error),
    /// The broker can't be used as configured.
    #[error("the broker: {0}")]
    Kafka(#[from] KafkaError),
    /// The broker does not let us in.
    #[error("the broker does not let us in: {0}")]
    Broker(&'static str),
    /// Only a named person may do this.
    #[error("only a named person may deal with a refused message")]
    NeedsAPerson,
    /// A task of ours ended in a panic.
    #[error("a task of intake failed")]
    Task(#[from] tokio::task::JoinError),
}

impl Error {
    /// Whether the same call may succeed later without a change.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Kafka(KafkaError::ClientConfig(..) | KafkaError::ClientCreation(_)) => false,
            Self::Kafka(_) => true,
            Self::Config(_) | Self::Broker(_) | Self::NeedsAPerson | Self::Task(_) => false,
        }
    }

    /// Whether a record's own content is what is refused.
    pub fn is_poison(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_poison())
    }
}
