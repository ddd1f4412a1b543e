//! Which addresses a webhook may connect to: public ones, and those that the configuration names.
//!
//! An endpoint's address is written by somebody at a setting. Without this rule it could point our own notifier at
//! services behind our firewall.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use crate::channel::Error;

/// A range of addresses, `10.0.0.0/8` or `fd00::/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    start: IpAddr,
    /// Leading bits that are the same.
    bits: u8,
}

impl FromStr for Range {
    type Err = Error;

    fn from_str(text: &str) -> Result<Range, Error> {
        let malformed = || Error::Config("an address range must look like 10.0.0.0/8");
        let (start, bits) = text.split_once('/').ok_or_else(malformed)?;
        let start: IpAddr = start.parse().map_err(|_| malformed())?;
        let bits: u8 = bits.parse().map_err(|_| malformed())?;
        let bits_max = if start.is_ipv4() { 32 } else { 128 };
        if bits > bits_max { Err(malformed()) } else { Ok(Range { start, bits }) }
    }
}

impl Range {
    fn contains(self, address: IpAddr) -> bool {
        match (self.start, address) {
            (IpAddr::V4(start), IpAddr::V4(address)) => within4(start, self.bits, address),
            (IpAddr::V6(start), IpAddr::V6(address)) => within6(start, self.bits, address),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

fn within4(start: Ipv4Addr, bits: u8, address: Ipv4Addr) -> bool {
    let differing = start.to_bits() ^ address.to_bits();
    differing.checked_shr(32 - u32::from(bits)).unwrap_or(0) == 0
}

fn within6(start: Ipv6Addr, bits: u8, address: Ipv6Addr) -> bool {
    let differing = start.to_bits() ^ address.to_bits();
    differing.checked_shr(128 - u32::from(bits)).unwrap_or(0) == 0
}

/// Not globally reachable by the IANA IPv4 Special-Purpose Address Registry (RFC 6890 and its updates), and
/// multicast and reserved space.
const NOT_PUBLIC_4: [(Ipv4Addr, u8); 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(192, 175, 48, 0), 24),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// The only space given out as global unicast (RFC 4291, section 2.4; IANA IPv6 Address Space). What lies outside,
/// such as `::1`, `::ffff:0:0/96`, `64:ff9b::/96`, `fc00::/7`, `fe80::/10` and `ff00::/8`, is refused.
const GLOBAL_6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Inside it, what is not globally reachable or leads to an IPv4 address that we do not see: protocol assignments
/// with Teredo, documentation, 6to4.
const NOT_PUBLIC_6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether a connection to `address` may be made. `exceptions` are the configured ranges beyond public ones.
pub(super) fn permitted(address: IpAddr, exceptions: &[Range]) -> bool {
    public(address) || exceptions.iter().any(|range| range.contains(address))
}

fn public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !NOT_PUBLIC_4.iter().any(|(start, bits)| within4(*start, *bits, address)),
        IpAddr::V6(address) => {
            let (start, bits) = GLOBAL_6;
            within6(start, bits, address)
                && !NOT_PUBLIC_6.iter().any(|(start, bits)| within6(*start, *bits, address))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn addresses_that_are_not_public_are_refused() {
        let refused = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "3fff:fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ];
        for text in refused {
            assert!(!permitted(address(text), &[]), "{text}");
        }
    }

    #[test]
    fn public_addresses_are_taken() {
        let taken = [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2003::1",
            "2a00:1450::1",
            "2606:4700::1111",
            "3ffe::1",
        ];
        for text in taken {
            assert!(permitted(address(text), &[]), "{text}");
        }
    }

    #[test]
    fn an_exception_opens_its_range_and_nothing_beside_it() {
        let ranges = ["10.1.0.0/16", "fd00:1::/32", "127.0.0.1/32", "0.0.0.0/32"]
            .map(|text| text.parse().expect("a range"));
        for text in ["10.1.0.1", "10.1.255.255", "fd00:1::9", "127.0.0.1"] {
            assert!(permitted(address(text), &ranges), "{text}");
        }
        for text in ["10.2.0.1", "fd00:2::1", "127.0.0.2", "::ffff:10.1.0.1", "::1"] {
            assert!(!permitted(address(text), &ranges), "{text}");
        }
        let all: Range = "0.0.0.0/0".parse().expect("a range");
        assert!(permitted(address("10.0.0.1"), &[all]) && !permitted(address("::1"), &[all]));
    }

    #[test]
    fn a_malformed_range_is_refused() {
        for text in ["", "10.0.0.0", "10.0.0.0/33", "::/129", "10.0.0/8", "a/8", "10.0.0.0/-1"] {
            assert!(text.parse::<Range>().is_err(), "{text}");
        }
    }
}
