//! librdkafka's settings: ours, which promises rest on, and the operator's.

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;

use super::Kafka;
use crate::{Error, Result};

/// Settings that promises rest on, or that have a place of their own in the configuration.
const OURS: &[&str] = &[
    "acks",
    "allow.auto.create.topics",
    "auto.offset.reset",
    "bootstrap.servers",
    "check.crcs",
    "enable.auto.commit",
    "enable.auto.offset.store",
    "enable.idempotence",
    "enable.partition.eof",
    "enable.ssl.certificate.verification",
    "group.id",
    "group.protocol",
    "isolation.level",
    "log_level",
    "debug",
    "message.timeout.ms",
    "delivery.timeout.ms",
    "metadata.broker.list",
    "partition.assignment.strategy",
    "request.required.acks",
    "retries",
    "message.send.max.retries",
    "statistics.interval.ms",
    "transactional.id",
];
const OUR_PREFIXES: &[&str] = &["sasl.", "ssl.", "security.", "plugin."];

impl Kafka {
    /// The settings of the consumer.
    ///
    /// # Errors
    /// [`Error::Config`] for an operator's setting that is ours or unknown, and for security that does not hold.
    pub fn consumer_settings(&self) -> Result<ClientConfig> {
        let mut settings = self.settings()?;
        settings.set("group.id", &self.group);
        // Positions are the store's: the broker's own commit serves lag tools only, so it comes now and then, and only of
        // what the store has.
        settings.set("enable.auto.commit", "true");
        settings.set("auto.commit.interval.ms", "1000");
        settings.set("enable.auto.offset.store", "false");
        settings.set("auto.offset.reset", "error");
        settings.set("partition.assignment.strategy", "roundrobin");
        settings.set("check.crcs", "true");
        settings.set("isolation.level", "read_committed");
        settings.set("statistics.interval.ms", "5000");
        let default = |settings: &mut ClientConfig, name: &str, value: &str| {
            if !self.client.contains_key(name) {
                settings.set(name, value);
            }
        };
        // Memory is bounded by what is fetched ahead, not by the number of partitions.
        default(&mut settings, "queued.max.messages.kbytes", "4096");
        default(&mut settings, "queued.min.messages", "1000");
        default(&mut settings, "fetch.message.max.bytes", "1048576");
        default(&mut settings, "fetch.max.bytes", "4194304");
        // When that much has been fetched ahead, the client looks again after so long; its own second would starve us.
        default(&mut settings, "fetch.queue.backoff.ms", "5");
        default(&mut settings, "fetch.wait.max.ms", "100");
        default(&mut settings, "session.timeout.ms", "15000");
        check(&settings)
    }

    /// The settings of the producer of lifecycle events and of mirrored messages.
    ///
    /// # Errors
    /// As [`consumer_settings`](Self::consumer_settings).
    pub fn producer_settings(&self) -> Result<ClientConfig> {
        let mut settings = self.settings()?;
        // In order and without end: an event that is given up would let a later one overtake it.
        settings.set("enable.idempotence", "true");
        settings.set("acks", "all");
        settings.set("message.timeout.ms", "0");
        // A topic that is not there is said soon: nothing else waits behind it for long.
        settings.set("topic.metadata.propagation.max.ms", "3000");
        if !self.client.contains_key("linger.ms") {
            settings.set("linger.ms", "1");
        }
        if !self.client.contains_key("message.max.bytes") {
            // A refused message may be as large as the police's broker took.
            settings.set("message.max.bytes", "16777216");
        }
        check(&settings)
    }

    fn settings(&self) -> Result<ClientConfig> {
        let mut settings = ClientConfig::new();
        for (name, value) in &self.client {
            let is_ours =
                OURS.contains(&name.as_str()) || OUR_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
            if is_ours {
                return Err(Error::Config(format!("intake.kafka.client may not set {name}")));
            }
            settings.set(name, value);
        }
        settings.set("bootstrap.servers", self.brokers.join(","));
        settings.set("client.id", "encompass");
        settings.set("allow.auto.create.topics", "false");
        settings.set_log_level(RDKafkaLogLevel::Warning);
        self.security.apply(&self.brokers, &mut settings)?;
        Ok(settings)
    }
}

/// librdkafka knows its own names and ranges. Its message quotes the value, which here is no secret's: of those it
/// is given only files and what was read from them, and it does not judge these.
fn check(settings: &ClientConfig) -> Result<ClientConfig> {
    match settings.create_native_config() {
        Ok(_) => Ok(settings.clone()),
        Err(rdkafka::error::KafkaError::ClientConfig(_, _, name, _)) => {
            Err(Error::Config(format!("intake.kafka: librdkafka refuses the setting {name}")))
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kafka(name: &str, value: &str) -> Kafka {
        let client = [(name.to_owned(), value.to_owned())].into();
        Kafka { brokers: vec!["127.0.0.1:9092".into()], client, ..Kafka::default() }
    }

    #[test]
    fn what_promises_rest_on_can_not_be_set() {
        for name in
            ["auto.offset.reset", "enable.auto.commit", "acks", "ssl.ca.pem", "sasl.password", "group.id"]
        {
            let refused = kafka(name, "x").consumer_settings().unwrap_err();
            assert!(refused.to_string().contains(name), "{refused}");
        }
    }

    #[test]
    fn an_unknown_setting_or_a_value_out_of_range_is_found_at_start() {
        assert!(kafka("no.such.setting", "1").consumer_settings().is_err());
        assert!(kafka("fetch.wait.max.ms", "-5").consumer_settings().is_err());
        let settings = kafka("fetch.wait.max.ms", "20").consumer_settings().unwrap();
        assert_eq!(settings.get("fetch.wait.max.ms"), Some("20"));
        assert_eq!(settings.get("enable.auto.offset.store"), Some("false"));
        assert_eq!(settings.get("auto.offset.reset"), Some("error"));
    }
}
