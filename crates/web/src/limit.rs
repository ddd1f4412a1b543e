//! How often somebody may try: a limiter in memory, for sign-ins per account and per source address.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// So many tries at once, then one more after each interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Tries that may follow one another without waiting, at least 1.
    pub at_once: u32,
    /// Time after which one more is allowed.
    pub one_each: Duration,
}

/// Too many tries: the next is heard after this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many tries; the next one is heard in {} s", .0.as_secs())]
pub struct TooMany(pub Duration);

/// Counts tries by key, without keeping the keys: only their hash under a secret of this process.
///
/// The generic cell rate algorithm: per key one instant, at which all tries so far are paid for. Memory is bounded: when it is full
/// the key with the least against it is forgotten, so that a flood of new keys can't free a blocked one.
pub struct Limiter {
    quota: Quota,
    keys_max: usize,
    paid: Mutex<HashMap<u64, Timestamp>>,
    hasher: RandomState,
}

impl Limiter {
    /// A limiter that remembers at most `keys_max` keys.
    pub fn new(quota: Quota, keys_max: usize) -> Self {
        Self { quota, keys_max: keys_max.max(1), paid: Mutex::default(), hasher: RandomState::new() }
    }

    /// Counts a try of `key` at `now`.
    ///
    /// # Errors
    /// [`TooMany`] when it is not to be heard; it is not counted then, so waiting always helps.
    pub fn check(&self, key: impl Hash, now: Timestamp) -> Result<(), TooMany> {
        let key = self.hasher.hash_one(key);
        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        let from = paid.get(&key).copied().unwrap_or(now).max(now);
        let each = signed(self.quota.one_each);
        let slack = each.saturating_mul(i32::try_from(self.quota.at_once.max(1)).unwrap_or(i32::MAX) - 1);
        let ahead = from.duration_since(now);
        if ahead > slack {
            return Err(TooMany((ahead - slack).unsigned_abs()));
        }
        if !paid.contains_key(&key) && paid.len() >= self.keys_max {
            make_room(&mut paid, now);
        }
        paid.insert(key, from.saturating_add(each).unwrap_or(Timestamp::MAX));
        Ok(())
    }

    /// Forgets the tries of `key`, as after a right password.
    pub fn forget(&self, key: impl Hash) {
        let key = self.hasher.hash_one(key);
        self.paid.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }

    /// Keys remembered now.
    pub fn len(&self) -> usize {
        self.paid.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether no key is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

fn make_room(paid: &mut HashMap<u64, Timestamp>, now: Timestamp) {
    let before = paid.len();
    paid.retain(|_, until| *until > now);
    if paid.len() == before
        && let Some(least) = paid.iter().min_by_key(|(_, until)| **until).map(|(key, _)| *key)
    {
        paid.remove(&least);
    }
}

/// What counts as one source: an IPv4 address, or the /64 that one IPv6 subscriber commands.
pub fn source(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const QUOTA: Quota = Quota { at_once: 3, one_each: Duration::from_secs(60) };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).unwrap()
    }

    #[test]
    fn three_at_once_then_one_a_minute() {
        let limiter = Limiter::new(QUOTA, 10);
        let steps = [
            (0, Ok(())),
            (0, Ok(())),
            (1, Ok(())),
            (2, Err(58)),
            (59, Err(1)),
            (60, Ok(())),
            (61, Err(59)),
            (1000, Ok(())),
            (1000, Ok(())),
            (1000, Ok(())),
            (1000, Err(60)),
        ];
        for (second, expected) in steps {
            let expected = expected.map_err(|wait| TooMany(Duration::from_secs(wait)));
            assert_eq!(limiter.check("account", at(second)), expected, "at {second} s");
        }
        assert_eq!(limiter.check("another", at(2)), Ok(()));
        limiter.forget("account");
        assert_eq!(limiter.check("account", at(1001)), Ok(()));
    }

    #[test]
    fn a_flood_of_new_keys_neither_fills_memory_nor_frees_a_blocked_key() {
        let limiter = Limiter::new(QUOTA, 50);
        for _ in 0..3 {
            assert_eq!(limiter.check("blocked", at(0)), Ok(()));
        }
        for key in 0..10_000 {
            assert_eq!(limiter.check(key, at(0)), Ok(()));
            assert!(limiter.len() <= 50);
        }
        assert!(limiter.check("blocked", at(0)).is_err());
    }

    #[test]
    fn one_ipv6_subscriber_is_one_source() {
        let same = |a: &str, b: &str| source(a.parse().unwrap()) == source(b.parse().unwrap());
        assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
        assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
        assert!(same("::ffff:192.0.2.1", "192.0.2.1"));
    }

    proptest! {
        #[test]
        fn never_more_than_the_quota_in_any_time(gaps in prop::collection::vec(0_i64..90, 1..60)) {
            let limiter = Limiter::new(QUOTA, 10);
            let (mut second, mut heard) = (0, Vec::new());
            for gap in gaps {
                second += gap;
                if limiter.check("key", at(second)).is_ok() {
                    heard.push(second);
                }
            }
            for (first, begin) in heard.iter().enumerate() {
                for (last, end) in heard.iter().enumerate().skip(first) {
                    let tries = i64::try_from(last - first + 1).unwrap();
                    prop_assert!(tries <= 3 + (end - begin) / 60);
                }
            }
        }
    }
}
