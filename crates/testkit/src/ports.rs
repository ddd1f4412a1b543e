//! Free ports for servers that must be told theirs before they start.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{LazyLock, Mutex, PoisonError};

/// Below the kernel's ephemeral range: so no outgoing connection takes the port of a server that is being
/// started or is down for a while, and no client connects to itself while it retries.
const LOWEST: u16 = 11_000;
const COUNT: u16 = 21_000;

static GIVEN: LazyLock<Mutex<HashSet<u16>>> = LazyLock::new(Mutex::default);

/// A port of 127.0.0.1 that nobody listens on and that this process was not given before.
///
/// # Panics
///
/// If a thousand drawn ports are all taken.
pub fn free() -> u16 {
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    let port = std::iter::repeat_with(draw)
        .take(1_000)
        .find(|port| !given.contains(port) && TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .expect("one port in a thousand is free");
    given.insert(port);
    port
}

/// Random, as several test processes draw at the same time.
fn draw() -> u16 {
    let drawn = RandomState::new().hash_one(0u8) % u64::from(COUNT);
    LOWEST + u16::try_from(drawn).expect("smaller than COUNT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_distinct_and_below_the_ephemeral_range() {
        let ports: HashSet<u16> = std::iter::repeat_with(free).take(100).collect();
        assert_eq!(ports.len(), 100);
        assert!(ports.iter().all(|port| (LOWEST..LOWEST + COUNT).contains(port)));
    }
}
