//! Sealing: personal data is stored only in envelopes (format, key id, ciphertext).
//!
//! Each incident, refused message and register has a key of its own, itself wrapped by the
//! installation's key; erasing the wrapped key erases the case. AES-256-GCM (NIST SP 800-38D) with a
//! random nonce; every envelope is bound to the place it is stored in, so that it can't be moved to another.

use std::path::Path;

use encompass_core::id::IdentityKey;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use crate::{Error, Result};

const FORMAT: u8 = 1;
/// Keys of the installation are numbered, so that a new one can be brought in beside the old.
const INSTALLATION_KEY: u8 = 1;
const DATA_KEY: u8 = 0;
const HEADER: usize = 2;

/// A key that seals the personal data of one case.
#[derive(Clone)]
pub struct SealingKey {
    key: LessSafeKey,
    id: u8,
}

impl SealingKey {
    fn new(secret: &[u8], id: u8) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, secret).expect("a key of AES-256 has 32 bytes");
        Self { key: LessSafeKey::new(key), id }
    }

    /// Seals `plain` for one `place`, such as `child.ref` and the row's id.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = random();
        let mut envelope = Vec::with_capacity(HEADER + NONCE_LEN + plain.len() + 16);
        envelope.extend([FORMAT, self.id]);
        envelope.extend(nonce);
        let mut text = plain.to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut text)
            .expect("sealing fails only beyond 64 GiB");
        envelope.append(&mut text);
        envelope
    }

    /// Opens an envelope of this `place`.
    ///
    /// # Errors
    /// [`Error::Sealed`] when it is damaged, of another place, or sealed under another key.
    pub fn open(&self, place: &str, envelope: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let (header, rest) = envelope.split_at_checked(HEADER).ok_or(Error::Sealed)?;
        let (nonce, sealed) = rest.split_at_checked(NONCE_LEN).ok_or(Error::Sealed)?;
        if header != [FORMAT, self.id] {
            return Err(Error::Sealed);
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Error::Sealed)?;
        let mut text = Zeroizing::new(sealed.to_vec());
        let length =
            self.key.open_in_place(nonce, Aad::from(place), &mut text).map_err(|_| Error::Sealed)?.len();
        text.truncate(length);
        Ok(text)
    }

    /// Opens an envelope that holds text.
    ///
    /// # Errors
    /// As [`open`](Self::open), or when it is not UTF-8.
    pub fn open_text(&self, place: &str, envelope: &[u8]) -> Result<Zeroizing<String>> {
        let plain = self.open(place, envelope)?;
        std::str::from_utf8(&plain).map(|text| Zeroizing::new(text.to_owned())).map_err(|_| Error::Sealed)
    }

    /// Seals a value as JSON.
    pub fn seal_json<T: serde::Serialize>(&self, place: &str, value: &T) -> Vec<u8> {
        let json = Zeroizing::new(serde_json::to_vec(value).expect("our own types are written as JSON"));
        self.seal(place, &json)
    }

    /// Opens an envelope that holds JSON.
    ///
    /// # Errors
    /// As [`open`](Self::open), or when it is not what it must be.
    pub fn open_json<T: serde::de::DeserializeOwned>(&self, place: &str, envelope: &[u8]) -> Result<T> {
        serde_json::from_slice(&self.open(place, envelope)?).map_err(|_| Error::Sealed)
    }
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(secret)")
    }
}

/// The keys that all derive from the installation's key.
pub struct Keys {
    identity: IdentityKey,
    wrapping: SealingKey,
    directory: SealingKey,
    web: [u8; 32],
    check: [u8; 32],
}

impl Keys {
    /// The keys of an installation from its 32 secret bytes.
    pub fn new(secret: &[u8; 32]) -> Self {
        let derive = |label: &str| -> [u8; 32] {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
            let mut derived = [0; 32];
            derived.copy_from_slice(hmac::sign(&key, label.as_bytes()).as_ref());
            derived
        };
        Self {
            identity: IdentityKey::new(&derive("encompass identity 1")),
            wrapping: SealingKey::new(&derive("encompass wrapping 1"), INSTALLATION_KEY),
            directory: SealingKey::new(&derive("encompass directory 1"), INSTALLATION_KEY),
            web: derive("encompass web 1"),
            check: derive("encompass check 1"),
        }
    }

    /// Reads the key file (64 hexadecimal digits). With `create`, a missing one is drawn and written, for
    /// its owner only.
    ///
    /// # Errors
    /// [`Error::KeyFile`], saying what is wrong with it and what to do.
    pub fn from_file(path: &Path, create: bool) -> Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::from_hex(text.trim()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && create => {
                let secret: Zeroizing<[u8; 32]> = Zeroizing::new(random());
                write_key(path, &secret)?;
                Ok(Self::new(&secret))
            }
            Err(error) => Err(Error::KeyFile(format!("{} ({error})", path.display()))),
        }
    }

    fn from_hex(text: &str) -> Result<Self> {
        let wrong = || Error::KeyFile("it must hold 64 hexadecimal digits (openssl rand -hex 32)".into());
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return Err(wrong());
        }
        let mut secret = Zeroizing::new([0; 32]);
        for (byte, pair) in secret.iter_mut().zip(digits.chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(Self::new(&secret))
    }

    /// The key of identities.
    pub const fn identity(&self) -> &IdentityKey {
        &self.identity
    }

    /// The key that seals the directory's contacts, which belong to no case.
    pub const fn directory(&self) -> &SealingKey {
        &self.directory
    }

    /// The secret from which forms' and sessions' keys derive.
    pub const fn web(&self) -> &[u8; 32] {
        &self.web
    }

    /// Draws a key for a case: the key, and the key wrapped for storing. `owner` is the row it belongs to.
    pub fn draw(&self, owner: &[u8; 16]) -> (SealingKey, Vec<u8>) {
        let secret: Zeroizing<[u8; 32]> = Zeroizing::new(random());
        (SealingKey::new(&*secret, DATA_KEY), self.wrapping.seal(&wrap_place(owner), &*secret))
    }

    /// Unwraps the key of the row `owner`.
    ///
    /// # Errors
    /// [`Error::Sealed`] when it was erased (`None`) or is damaged.
    pub fn unwrap(&self, owner: &[u8; 16], wrapped: Option<&[u8]>) -> Result<SealingKey> {
        let secret = self.wrapping.open(&wrap_place(owner), wrapped.ok_or(Error::Sealed)?)?;
        if secret.len() != 32 {
            return Err(Error::Sealed);
        }
        Ok(SealingKey::new(&secret, DATA_KEY))
    }

    /// What a store keeps to know its key again.
    pub(crate) fn check(&self) -> Vec<u8> {
        self.check.to_vec()
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(secret)")
    }
}

fn wrap_place(owner: &[u8; 16]) -> String {
    format!("key of {}", uuid::Uuid::from_bytes(*owner))
}

/// Random bytes from the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

#[cfg(unix)]
fn write_key(path: &Path, secret: &[u8; 32]) -> Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;

    let hex = Zeroizing::new(secret.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    let written = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).and_then(
        |mut file| {
            writeln!(file, "{}", *hex)?;
            file.sync_all()
        },
    );
    written.map_err(|error| Error::KeyFile(format!("{} ({error})", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_opens_only_in_its_place_and_under_its_key() {
        let keys = Keys::new(&[3; 32]);
        let (key, wrapped) = keys.draw(&[1; 16]);
        let envelope = key.seal("child.ref a", b"made up");
        assert_eq!(&**key.open("child.ref a", &envelope).unwrap(), b"made up");
        assert!(matches!(key.open("child.ref b", &envelope), Err(Error::Sealed)));
        assert!(matches!(keys.draw(&[1; 16]).0.open("child.ref a", &envelope), Err(Error::Sealed)));
        let again = keys.unwrap(&[1; 16], Some(&wrapped)).unwrap();
        assert_eq!(&**again.open("child.ref a", &envelope).unwrap(), b"made up");
    }

    #[test]
    fn an_erased_or_moved_key_opens_nothing() {
        let keys = Keys::new(&[3; 32]);
        let (_, wrapped) = keys.draw(&[1; 16]);
        assert!(matches!(keys.unwrap(&[1; 16], None), Err(Error::Sealed)));
        assert!(matches!(keys.unwrap(&[2; 16], Some(&wrapped)), Err(Error::Sealed)));
        assert!(matches!(Keys::new(&[4; 32]).unwrap(&[1; 16], Some(&wrapped)), Err(Error::Sealed)));
    }

    #[test]
    fn every_damaged_byte_is_noticed() {
        let (key, _) = Keys::new(&[3; 32]).draw(&[1; 16]);
        let envelope = key.seal("place", b"made up");
        for at in 0..envelope.len() {
            let mut damaged = envelope.clone();
            damaged[at] ^= 1;
            assert!(key.open("place", &damaged).is_err(), "byte {at}");
        }
        assert!(key.open("place", &[]).is_err());
    }

    #[test]
    fn a_key_file_is_made_once_for_its_owner_only_and_read_again() {
        use std::os::unix::fs::PermissionsExt;
        let folder = std::env::temp_dir().join(format!("encompass-key-{}", uuid::Uuid::from_bytes(random())));
        std::fs::create_dir(&folder).unwrap();
        let path = folder.join("installation.key");
        assert!(matches!(Keys::from_file(&path, false), Err(Error::KeyFile(_))));
        let first = Keys::from_file(&path, true).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(Keys::from_file(&path, false).unwrap().check(), first.check());
        std::fs::write(&path, "short").unwrap();
        assert!(matches!(Keys::from_file(&path, false), Err(Error::KeyFile(_))));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
