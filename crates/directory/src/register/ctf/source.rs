use std::io::{self, BufRead, BufReader, Read};

/// What is taken from the text at once, in bytes.
const BLOCK_BYTES: usize = 16 << 10;

/// A source that counts lines and gives out a limited number of bytes until it is refuelled, which bounds what the
/// reader holds of one tag or text.
pub(super) struct Bounded<R> {
    source: BufReader<R>,
    left: usize,
    lines: u64,
}

impl<R: Read> Bounded<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source: BufReader::with_capacity(BLOCK_BYTES, source), left: 0, lines: 0 }
    }

    pub(super) fn refuel(&mut self, bytes: usize) {
        self.left = bytes;
    }

    /// The line that is read now, from 1.
    pub(super) fn line(&self) -> u64 {
        self.lines + 1
    }
}

impl<R: Read> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let ready = self.source.fill_buf()?;
        // At the end there is nothing to bound.
        if self.left == 0 && !ready.is_empty() {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "element too long"));
        }
        Ok(&ready[..ready.len().min(self.left)])
    }

    fn consume(&mut self, count: usize) {
        let ready = self.source.buffer();
        let taken = &ready[..count.min(ready.len())];
        self.lines += taken.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        self.left = self.left.saturating_sub(count);
        self.source.consume(count);
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let count = ready.len().min(into.len());
        into[..count].copy_from_slice(&ready[..count]);
        self.consume(count);
        Ok(count)
    }
}
