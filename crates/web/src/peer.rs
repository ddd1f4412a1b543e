//! Who is at the other end: the client's address and whether its connection is encrypted, told by a declared proxy where there is one.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Problem;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// One address or a block of them: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    bits: u8,
}

impl Network {
    /// Whether `address` lies in this network.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base, address.to_canonical()) {
            (IpAddr::V4(base), IpAddr::V4(other)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                base.to_bits() & mask == other.to_bits() & mask
            }
            (IpAddr::V6(base), IpAddr::V6(other)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0);
                base.to_bits() & mask == other.to_bits() & mask
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

/// The text is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no address or network: write one like 192.0.2.7 or 192.0.2.0/24")]
pub struct NotANetwork(String);

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let wrong = || NotANetwork(text.to_owned());
        let (base, bits) = text.split_once('/').map_or((text, None), |(base, bits)| (base, Some(bits)));
        let base = IpAddr::from_str(base).map_err(|_| wrong())?.to_canonical();
        let widest = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(widest), u8::from_str).map_err(|_| wrong())?;
        if bits == 0 || bits > widest {
            return Err(wrong());
        }
        Ok(Self { base, bits })
    }
}

/// The proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProxyTrust {
    networks: Vec<Network>,
}

impl ProxyTrust {
    /// Trusts the proxies in these networks and no other.
    pub fn new(networks: Vec<Network>) -> Self {
        Self { networks }
    }

    /// Whether no proxy is named, which protects nothing.
    pub fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }

    /// Whether a connection from `address` comes from a named proxy.
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(address))
    }
}

/// How clients reach a listener.
#[derive(Clone, Debug, Default)]
pub struct Transport {
    /// TLS ends in this process.
    pub tls: bool,
    /// The proxy that ends TLS before it.
    pub proxy: Option<ProxyTrust>,
}

impl Transport {
    /// Whether clients speak TLS, to us or to the declared proxy: then HSTS and secure cookies apply.
    pub fn is_secure(&self) -> bool {
        self.tls || self.proxy.is_some()
    }
}

/// The other end of one request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// The client's address, for rate limits and nothing else: it is in no log and no metric.
    pub address: IpAddr,
    /// Whether the client's own connection is encrypted; decides the form of cookies.
    pub secure: bool,
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer").field("secure", &self.secure).finish_non_exhaustive()
    }
}

/// Why a request is not served on this connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// In clear from another machine, past the proxy.
    PastTheProxy,
    /// The proxy says that its client spoke in clear.
    InClear,
}

impl Peer {
    /// Judges a connection from `address` with these headers.
    ///
    /// # Errors
    /// [`Refused`] for what would be served in clear beyond loopback.
    pub fn judge(address: IpAddr, headers: &HeaderMap, transport: &Transport) -> Result<Self, Refused> {
        let address = address.to_canonical();
        match &transport.proxy {
            Some(proxy) if proxy.trusts(address) => Self::forwarded(address, headers, proxy),
            _ if transport.tls || address.is_loopback() => Ok(Self { address, secure: transport.tls }),
            _ => Err(Refused::PastTheProxy),
        }
    }

    fn forwarded(address: IpAddr, headers: &HeaderMap, proxy: &ProxyTrust) -> Result<Self, Refused> {
        let spoke = last_first(headers, &FORWARDED_PROTO).next();
        if spoke.is_some_and(|proto| !proto.eq_ignore_ascii_case("https")) {
            return Err(Refused::InClear);
        }
        // Only the entries written by proxies of ours are worth anything: from the right, up to the first address that is none.
        let mut client = address;
        for entry in last_first(headers, &FORWARDED_FOR) {
            let Ok(before) = IpAddr::from_str(entry) else { break };
            client = before.to_canonical();
            if !proxy.trusts(client) {
                break;
            }
        }
        Ok(Self { address: client, secure: true })
    }
}

/// The entries of a list header, the one added last first.
fn last_first<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let mut entries: Vec<&str> = headers
        .get_all(name)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or("").split(','))
        .map(str::trim)
        .collect();
    entries.reverse();
    entries.into_iter()
}

/// Puts the [`Peer`] into each request, or answers 403.
pub(crate) async fn recognise(
    State(transport): State<Transport>,
    mut request: Request,
    next: Next,
) -> Response {
    let connection = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    // Without a connection the router is driven by a test in this process.
    let address = connection.unwrap_or(IpAddr::from([127, 0, 0, 1]));
    match Peer::judge(address, request.headers(), &transport) {
        Ok(peer) => {
            request.extensions_mut().insert(peer);
            next.run(request).await
        }
        Err(refused) => {
            tracing::warn!(?refused, "refused a request that was not encrypted");
            StatusCode::FORBIDDEN.into_response()
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().copied().ok_or_else(Problem::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(
        from: &str,
        headers: &[(&'static str, &str)],
        transport: &Transport,
    ) -> Result<(String, bool), Refused> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        Peer::judge(from.parse().unwrap(), &map, transport)
            .map(|peer| (peer.address.to_string(), peer.secure))
    }

    fn behind(networks: &[&str]) -> Transport {
        let networks = networks.iter().map(|text| text.parse().unwrap()).collect();
        Transport { tls: false, proxy: Some(ProxyTrust::new(networks)) }
    }

    #[test]
    fn a_declared_proxy_is_believed_up_to_the_first_address_that_is_not_a_proxy() {
        let transport = behind(&["10.0.0.0/8", "2001:db8::/32"]);
        let told = |value: &str| judge("10.1.2.3", &[("x-forwarded-for", value)], &transport).unwrap().0;
        assert_eq!(told("198.51.100.9"), "198.51.100.9");
        assert_eq!(
            told("203.0.113.1, 198.51.100.9"),
            "198.51.100.9",
            "the left entry is the client's own word"
        );
        assert_eq!(told("203.0.113.1, 198.51.100.9, 10.9.9.9"), "198.51.100.9");
        assert_eq!(told("nonsense"), "10.1.2.3");
        assert_eq!(told("198.51.100.9, nonsense"), "10.1.2.3");
        assert_eq!(told("2001:db8::1"), "2001:db8::1");
    }

    #[test]
    fn forwarded_headers_of_an_undeclared_proxy_are_ignored() {
        let headers = [("x-forwarded-for", "198.51.100.9"), ("x-forwarded-proto", "https")];
        let transport = behind(&["10.0.0.7"]);
        assert_eq!(judge("127.0.0.1", &headers, &transport), Ok(("127.0.0.1".into(), false)));
        assert_eq!(judge("10.0.0.8", &headers, &transport), Err(Refused::PastTheProxy));
        let tls = Transport { tls: true, ..transport };
        assert_eq!(judge("10.0.0.8", &headers, &tls), Ok(("10.0.0.8".into(), true)));
    }

    #[test]
    fn what_the_proxy_took_in_clear_is_refused() {
        let transport = behind(&["10.0.0.7"]);
        let proto = |value| judge("10.0.0.7", &[("x-forwarded-proto", value)], &transport);
        assert_eq!(proto("http"), Err(Refused::InClear));
        assert_eq!(proto("https, http"), Err(Refused::InClear));
        assert_eq!(proto("https"), Ok(("10.0.0.7".into(), true)));
    }

    #[test]
    fn networks_are_read_and_matched_bit_by_bit() {
        for (network, address, inside) in [
            ("192.0.2.0/24", "192.0.2.255", true),
            ("192.0.2.0/24", "192.0.3.0", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("192.0.2.128/25", "192.0.2.127", false),
            ("2001:db8::/33", "2001:db8:8000::1", false),
            ("0.0.0.0/1", "127.0.0.1", true),
        ] {
            let network: Network = network.parse().unwrap();
            assert_eq!(network.contains(address.parse().unwrap()), inside, "{network:?} {address}");
        }
        for text in ["", "host", "192.0.2.0/33", "192.0.2.0/0", "::/129", "192.0.2.0/", "1.2.3"] {
            assert!(text.parse::<Network>().is_err(), "{text:?}");
        }
    }
}
