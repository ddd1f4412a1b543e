//! Civil time in Europe/London, from the time-zone data built into the program.

use std::sync::LazyLock;

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::{TimeZone, TimeZoneDatabase},
};

/// Built-in data, so that a machine's old or missing zone files cannot move a due time.
static ZONE: LazyLock<TimeZone> = LazyLock::new(|| {
    TimeZoneDatabase::bundled().get("Europe/London").expect("the zone is compiled in with the bundled data")
});

/// The zone of every local time in the system.
#[must_use]
pub fn zone() -> &'static TimeZone {
    &ZONE
}

/// The instant of a local time. One that the clocks skip in March moves on by the hour skipped; of one that they
/// repeat in October the first counts, because a due time must never be the later of two.
#[must_use]
pub fn instant(local: DateTime) -> Timestamp {
    // Fails only beyond the year 9999, where the last instant is as good an answer as any.
    ZONE.to_ambiguous_timestamp(local).compatible().unwrap_or(Timestamp::MAX)
}

/// The local date and time of an instant.
#[must_use]
pub fn local(at: Timestamp) -> DateTime {
    ZONE.to_datetime(at)
}

/// The local date of an instant.
#[must_use]
pub fn date(at: Timestamp) -> Date {
    local(at).date()
}
