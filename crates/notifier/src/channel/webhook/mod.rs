//! Signed webhooks to a setting's system, by Standard Webhooks 1.0.

mod address;
mod answer;
mod hosts;
mod resolve;
mod sign;

use std::error::Error as StdError;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Response, Url, redirect};
use tokio::time::{Instant, timeout, timeout_at};

pub use address::Range;
pub use sign::{Secret, signature};

use super::{Class, Error, Outcome, tls};
use address::permitted;
use hosts::Hosts;
use resolve::{Forbidden, Resolver};

/// Longest body of an answer that is read, so that the connection can be used again. It is not kept.
const BODY_BYTES_MAX: usize = 16 * 1024;
/// The longest that is waited for it.
const BODY_WAIT_MAX: Duration = Duration::from_secs(1);

/// How webhooks are called. Checked by [`Hooks::new`].
#[derive(Clone, Debug)]
pub struct Config {
    /// PEM file of authorities trusted besides the machine's.
    pub extra_ca: Option<PathBuf>,
    /// Ranges that may be called although they are not public. For an intranet, and for tests.
    pub allow_private: Vec<Range>,
    /// Calls at once to one host. At least 1.
    pub calls_per_host_max: usize,
    /// The longest one call may take, the wait for a place at the host included.
    pub timeout: Duration,
    /// The longest `Retry-After` that is respected.
    pub retry_after_max: Duration,
}

/// One call. Has no `Debug`: the address of an endpoint may hold a key.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// Endpoint; https only.
    pub url: &'a str,
    /// Secrets shared with it: one, or the old and the new during a change.
    pub secrets: &'a [Secret],
    /// Derived `webhook-id`, the same on every attempt.
    pub id: &'a str,
    /// The machine's time of this attempt; endpoints refuse calls that are minutes off.
    pub at: Timestamp,
    /// Thin body, from [`crate::message::waiting`].
    pub payload: &'a str,
}

/// The client for all webhooks of a process.
pub struct Hooks {
    client: Client,
    hosts: Hosts,
    config: Config,
}

impl Hooks {
    /// A client that is not yet connected.
    ///
    /// # Errors
    /// A setting cannot be used.
    pub fn new(config: Config) -> Result<Hooks, Error> {
        if config.calls_per_host_max == 0 {
            return Err(Error::Config("a webhook host needs at least one call at once"));
        }
        if config.timeout.is_zero() {
            return Err(Error::Config("the webhook timeout must be longer than zero"));
        }
        let resolver = Resolver { exceptions: config.allow_private.clone().into() };
        let client = Client::builder()
            .tls_backend_preconfigured(tls::client(config.extra_ca.as_deref())?)
            .dns_resolver(Arc::new(resolver))
            .https_only(true)
            .http1_only()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // Half of the whole may be spent waiting for a place. So the end of the whole never falls into connecting
            // and always leaves open whether the request was taken.
            .connect_timeout(config.timeout / 4)
            // Shorter than what endpoints commonly keep, so that a call seldom meets a connection being closed.
            .pool_idle_timeout(Duration::from_secs(15))
            .user_agent(concat!("encompass/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| Error::Config("the webhook client cannot be built"))?;
        Ok(Hooks { client, hosts: Hosts::new(config.calls_per_host_max), config })
    }

    /// Calls an endpoint and says what became of it, within the configured timeout. Up to half of that
    /// is spent waiting while the host has as many calls as it may; then the call is deferred as `busy`, and
    /// nothing was sent. May be dropped at any point; whether the endpoint has it is then unknown.
    ///
    /// # Errors
    /// There is no secret to sign with, or the id cannot stand in a header.
    pub async fn call(&self, call: &Call<'_>) -> Result<Outcome, Error> {
        if call.secrets.is_empty() {
            return Err(Error::Config("a webhook has no secret to sign with"));
        }
        // A dot would let an id and a time be read as another id and time under the same signature.
        if call.id.is_empty() || !call.id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'.') {
            return Err(Error::Header("webhook-id"));
        }
        let Some((url, host)) = endpoint(call.url) else {
            return Ok(Outcome::rejected(Class::BadAddress));
        };
        if !self.literal_permitted(&url) {
            return Ok(Outcome::rejected(Class::BadAddress));
        }
        let deadline = Instant::now() + self.config.timeout;
        let Ok(_place) = timeout(self.config.timeout / 2, self.hosts.place(&host)).await else {
            return Ok(Outcome::deferred(Class::Busy));
        };
        let request = self.request(url, call);
        Ok(match timeout_at(deadline, request.send()).await {
            Ok(Ok(response)) => self.settle(response, call.at, deadline).await,
            Ok(Err(error)) => failure(&error),
            Err(_) => Outcome::Unknown,
        })
    }

    fn request(&self, url: Url, call: &Call<'_>) -> RequestBuilder {
        self.client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", call.id)
            .header("webhook-timestamp", call.at.as_second())
            .header("webhook-signature", signature(call.secrets, call.id, call.at, call.payload))
            .body(call.payload.to_owned())
    }

    async fn settle(&self, response: Response, at: Timestamp, deadline: Instant) -> Outcome {
        let status = response.status().as_u16();
        let asked = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let wait = asked.and_then(|value| answer::retry_after(value, at, self.config.retry_after_max));
        // The status has decided; a body that is slow must not turn an acceptance into a timeout.
        let _ = timeout_at(deadline.min(Instant::now() + BODY_WAIT_MAX), drain(response)).await;
        answer::outcome(status, wait)
    }

    /// A host that is an address is never resolved, so it is checked here.
    fn literal_permitted(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        // Parsing has brought every spelling of an address, such as `0x7f.1`, into its plain form.
        host.parse().map_or(true, |address| permitted(address, &self.config.allow_private))
    }
}

/// The endpoint and its host; `None` for what is not https or carries a sign-in that would end up in logs.
fn endpoint(text: &str) -> Option<(Url, String)> {
    let url = Url::parse(text).ok()?;
    let plain = url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
    let host = url.host_str().filter(|_| plain)?.to_owned();
    Some((url, host))
}

async fn drain(mut response: Response) {
    let mut read = 0;
    while let Ok(Some(chunk)) = response.chunk().await {
        read += chunk.len();
        if read > BODY_BYTES_MAX {
            return;
        }
    }
}

/// Before a connection stands nothing has been sent; afterwards everything may have been.
fn failure(error: &reqwest::Error) -> Outcome {
    if caused_by::<Forbidden>(error) {
        return Outcome::rejected(Class::BadAddress);
    }
    if !error.is_connect() {
        return Outcome::Unknown;
    }
    if error.is_timeout() {
        return Outcome::deferred(Class::Timeout);
    }
    let class = if caused_by::<rustls::Error>(error) { Class::TlsRequired } else { Class::Network };
    Outcome::deferred(class)
}

/// Whether an error of this type is among the causes. An [`std::io::Error`] hides what it wraps from `source`.
fn caused_by<E: StdError + 'static>(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<E>() {
            return true;
        }
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if wrapped.is_some_and(|wrapped| wrapped.is::<E>() || caused_by::<E>(wrapped)) {
            return true;
        }
        next = error.source();
    }
    false
}
