//! Cookies that carry a [`Token`] and nothing else.
//!
//! Where clients speak TLS the name gets the prefix `__Host-`, with which browsers refuse the cookie unless it is `Secure`, for the
//! whole host and set by that host itself (RFC 6265bis, section 4.1.3.2). In clear on loopback browsers would drop it, so the plain
//! name serves there. Browsers don't keep the ports of one host apart: each listener needs names of its own.

use std::time::Duration;

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

use crate::peer::Peer;
use crate::session::Token;

/// Whether the cookie comes along when another site links to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSite {
    /// Never on a request begun elsewhere.
    Strict,
    /// On following a link, as from a mail in the browser, but not on a form sent from elsewhere.
    Lax,
}

/// One cookie of ours: its name and how browsers are to treat it.
#[derive(Clone, Copy, Debug)]
pub struct Cookie {
    name: &'static str,
    same_site: SameSite,
    max_age: Option<Duration>,
}

impl Cookie {
    /// A cookie that ends with the browser's session.
    pub const fn new(name: &'static str, same_site: SameSite) -> Self {
        Self { name, same_site, max_age: None }
    }

    /// Kept for this long, in whole seconds, also when the browser is closed.
    pub const fn max_age(self, max_age: Duration) -> Self {
        Self { max_age: Some(max_age), ..self }
    }

    /// The `Set-Cookie` value that gives `token` to the browser of `peer`.
    pub fn set(&self, token: &Token, peer: &Peer) -> HeaderValue {
        self.header(&token.reveal(), self.max_age, peer)
    }

    /// The `Set-Cookie` value that takes it away.
    pub fn remove(&self, peer: &Peer) -> HeaderValue {
        self.header("", Some(Duration::ZERO), peer)
    }

    /// The token that the browser sent, if it sent exactly one under this name: of two, one is somebody else's work.
    pub fn read(&self, headers: &HeaderMap, peer: &Peer) -> Option<Token> {
        let name = self.full_name(peer);
        let mut found = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(given, _)| *given == name);
        let (_, value) = found.next()?;
        if found.next().is_some() {
            return None;
        }
        value.parse().ok()
    }

    fn full_name(&self, peer: &Peer) -> String {
        format!("{}{}", if peer.secure { "__Host-" } else { "" }, self.name)
    }

    fn header(&self, value: &str, max_age: Option<Duration>, peer: &Peer) -> HeaderValue {
        let same_site = match self.same_site {
            SameSite::Strict => "Strict",
            SameSite::Lax => "Lax",
        };
        let mut text = format!("{}={value}; Path=/; HttpOnly; SameSite={same_site}", self.full_name(peer));
        if peer.secure {
            text.push_str("; Secure");
        }
        if let Some(age) = max_age {
            text.push_str(&format!("; Max-Age={}", age.as_secs()));
        }
        HeaderValue::from_str(&text).expect("names and tokens are visible ASCII")
    }
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;

    use super::*;

    const DESK: Cookie = Cookie::new("desk", SameSite::Strict);

    fn peer(secure: bool) -> Peer {
        Peer { address: [127, 0, 0, 1].into(), secure }
    }

    fn sent(text: &str) -> HeaderMap {
        HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(text).unwrap())])
    }

    #[test]
    fn over_tls_the_name_is_bound_to_the_host_and_the_cookie_is_secure() {
        let token = Token::draw(&SystemRandom::new());
        let text = token.reveal();
        let secure = DESK.max_age(Duration::from_secs(60)).set(&token, &peer(true));
        let plain = DESK.set(&token, &peer(false));
        let expected = format!("__Host-desk={text}; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=60");
        assert_eq!(secure.to_str().unwrap(), expected);
        assert_eq!(plain.to_str().unwrap(), format!("desk={text}; Path=/; HttpOnly; SameSite=Strict"));
        let gone = Cookie::new("reader", SameSite::Lax).remove(&peer(true));
        assert_eq!(
            gone.to_str().unwrap(),
            "__Host-reader=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0"
        );
    }

    #[test]
    fn only_the_one_cookie_of_the_right_name_is_read() {
        let token = Token::draw(&SystemRandom::new());
        let text = token.reveal();
        for (cookies, secure, read) in [
            (format!("__Host-desk={text}"), true, true),
            (format!("a=b; __Host-desk={text}; c=d"), true, true),
            (format!("desk={text}"), true, false),
            (format!("desk={text}"), false, true),
            (format!("__Host-desk={text}"), false, false),
            (format!("desk={text}; desk={text}"), false, false),
            (format!("desk={text}x"), false, false),
            ("desk=".into(), false, false),
            ("desk".into(), false, false),
        ] {
            let found = DESK.read(&sent(&cookies), &peer(secure));
            assert_eq!(found.is_some(), read, "{} secure={secure}", cookies.replace(&text, "TOKEN"));
        }
        assert_eq!(DESK.read(&HeaderMap::new(), &peer(true)), None);
    }
}
