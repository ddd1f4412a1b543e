use std::io::{self, Read, Seek, SeekFrom};

use encoding_rs::{Decoder, Encoding, UTF_8, WINDOWS_1252};

use super::Limits;
use crate::Error;

const BLOCK_BYTES: usize = 16 << 10;

/// A source read as UTF-8, whatever encoding it is in.
pub struct Text<R> {
    source: R,
    decoder: Decoder,
    encoding: &'static Encoding,
    input: Box<[u8]>,
    output: Box<[u8]>,
    /// The part of `input` that is not decoded yet.
    raw: std::ops::Range<usize>,
    /// The part of `output` that is not handed out yet.
    ready: std::ops::Range<usize>,
    ended: bool,
}

/// Finds the encoding and gives the text.
///
/// A byte-order mark decides; else what is valid UTF-8 is UTF-8, and anything else is Windows-1252, in which the
/// school register is published. That takes one pass over the source before the reading itself.
///
/// # Errors
/// [`Error::Read`], [`Error::Empty`] and [`Error::TooLarge`].
pub fn open<R: Read + Seek>(mut source: R, limits: &Limits) -> Result<Text<R>, Error> {
    let encoding = detect(&mut source, limits.file_bytes_max)?;
    source.seek(SeekFrom::Start(0)).map_err(Error::Read)?;
    Ok(Text {
        source,
        decoder: encoding.new_decoder_with_bom_removal(),
        encoding,
        input: vec![0; BLOCK_BYTES].into(),
        output: vec![0; 4 * BLOCK_BYTES].into(),
        raw: 0..0,
        ready: 0..0,
        ended: false,
    })
}

fn detect(source: &mut (impl Read + Seek), bytes_max: u64) -> Result<&'static Encoding, Error> {
    source.seek(SeekFrom::Start(0)).map_err(Error::Read)?;
    let mut block = vec![0; BLOCK_BYTES];
    let (mut total, mut kept, mut marked, mut valid) = (0_u64, 0, None, true);
    loop {
        let count = read_some(source, &mut block[kept..]).map_err(Error::Read)?;
        if count == 0 {
            break;
        }
        if total == 0 {
            marked = Encoding::for_bom(&block[..count]).map(|(encoding, _)| encoding);
        }
        total += count as u64;
        if total > bytes_max {
            return Err(Error::TooLarge { bytes_max });
        }
        if valid && let Some(rest) = unfinished(&block[..kept + count]) {
            block.copy_within(kept + count - rest..kept + count, 0);
            kept = rest;
        } else {
            (valid, kept) = (false, 0);
        }
    }
    if total == 0 {
        return Err(Error::Empty);
    }
    // A file cut off within a character ends with `kept > 0`; it is still UTF-8, only its last row is broken.
    Ok(marked.unwrap_or(if valid { UTF_8 } else { WINDOWS_1252 }))
}

/// How many bytes at the end begin a character that is not whole yet; `None` when this is not UTF-8.
fn unfinished(bytes: &[u8]) -> Option<usize> {
    match std::str::from_utf8(bytes) {
        Ok(_) => Some(0),
        Err(error) if error.error_len().is_none() => Some(bytes.len() - error.valid_up_to()),
        Err(_) => None,
    }
}

fn read_some(source: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

impl<R> Text<R> {
    /// The encoding's WHATWG name, such as `windows-1252`.
    pub fn encoding(&self) -> &'static str {
        self.encoding.name()
    }
}

impl<R: Read> Text<R> {
    fn refill(&mut self) -> io::Result<()> {
        if self.raw.is_empty() && !self.ended {
            let count = read_some(&mut self.source, &mut self.input)?;
            self.raw = 0..count;
            self.ended = count == 0;
        }
        let (_, taken, given, _) =
            self.decoder.decode_to_utf8(&self.input[self.raw.clone()], &mut self.output, self.ended);
        self.raw.start += taken;
        self.ready = 0..given;
        Ok(())
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.ready.is_empty() && !self.ended {
            self.refill()?;
        }
        let count = self.ready.len().min(into.len());
        let end = self.ready.start + count;
        into[..count].copy_from_slice(&self.output[self.ready.start..end]);
        self.ready.start = end;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::{BLOCK_BYTES, open};
    use crate::Error;
    use crate::text::Limits;

    fn read(bytes: &[u8]) -> (String, &'static str) {
        let mut text = open(Cursor::new(bytes), &Limits::default()).unwrap();
        let mut out = String::new();
        text.read_to_string(&mut out).unwrap();
        (out, text.encoding())
    }

    #[test]
    fn the_encoding_is_found_from_mark_or_content() {
        let table: [(&[u8], &str, &str); 6] = [
            (b"plain", "plain", "UTF-8"),
            ("Ysgol Tŷ Coch".as_bytes(), "Ysgol Tŷ Coch", "UTF-8"),
            (b"\xEF\xBB\xBFmarked", "marked", "UTF-8"),
            (b"St Mary\x92s caf\xE9", "St Mary\u{2019}s café", "windows-1252"),
            (b"\xFF\xFEa\0b\0", "ab", "UTF-16LE"),
            (b"cut off caf\xC3", "cut off caf\u{FFFD}", "UTF-8"),
        ];
        for (bytes, text, encoding) in table {
            assert_eq!(read(bytes), (text.to_owned(), encoding));
        }
    }

    #[test]
    fn characters_across_block_borders_survive() {
        for lead in 0..4 {
            let text = "x".repeat(BLOCK_BYTES - lead) + "€" + &"é".repeat(BLOCK_BYTES);
            assert_eq!(read(text.as_bytes()), (text, "UTF-8"));
        }
        let mut late = vec![b'x'; 3 * BLOCK_BYTES];
        late.extend(b"\xE9 ");
        assert_eq!(read(&late).1, "windows-1252");
    }

    #[test]
    fn an_empty_or_too_large_file_is_refused() {
        let limits = Limits { file_bytes_max: 3, ..Limits::default() };
        assert!(matches!(open(Cursor::new(b""), &limits), Err(Error::Empty)));
        assert!(open(Cursor::new(b"abc"), &limits).is_ok());
        assert!(matches!(open(Cursor::new(b"abcd"), &limits), Err(Error::TooLarge { bytes_max: 3 })));
    }
}
