//! Records that have arrived and wait for the next transaction.

use std::time::Instant;

use super::record::Record;

/// A bounded buffer: everything in it goes into the next transaction.
pub(super) struct Buffer {
    records: Vec<Record>,
    bytes: usize,
    records_max: usize,
    bytes_max: usize,
    since: Option<Instant>,
}

impl Buffer {
    pub(super) const fn new(records_max: usize, bytes_max: usize) -> Self {
        Self { records: Vec::new(), bytes: 0, records_max, bytes_max, since: None }
    }

    /// Whether another record may be added. One record alone may be larger than the bound.
    pub(super) fn has_room(&self) -> bool {
        self.records.len() < self.records_max && self.bytes < self.bytes_max
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    pub(super) fn push(&mut self, record: Record) {
        self.bytes += record.size();
        self.since.get_or_insert_with(Instant::now);
        self.records.push(record);
    }

    /// Everything, with the time at which the first of it arrived.
    pub(super) fn take(&mut self) -> (Vec<Record>, Instant) {
        self.bytes = 0;
        let since = self.since.take().unwrap_or_else(Instant::now);
        (std::mem::take(&mut self.records), since)
    }

    /// Forgets everything; it is read again.
    pub(super) fn clear(&mut self) {
        drop(self.take());
    }
}
