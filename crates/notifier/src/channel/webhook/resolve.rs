//! Names to addresses that may be called.
//!
//! The check is on the very addresses the connection is then made to. A name that answers with a public address when
//! it is checked and a private one when it is used (DNS rebinding) gains nothing.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;

use super::address::{Range, permitted};

/// The name has addresses, but none that may be called.
#[derive(Debug, thiserror::Error)]
#[error("the host has no address that may be called")]
pub(super) struct Forbidden;

/// The system's resolver, with what is not permitted left out.
pub(super) struct Resolver {
    pub(super) exceptions: Arc<[Range]>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let exceptions = Arc::clone(&self.exceptions);
        Box::pin(async move {
            // The port is set by the caller afterwards.
            let found: Vec<SocketAddr> = lookup_host((name.as_str(), 0)).await?.collect();
            let any = !found.is_empty();
            let allowed: Vec<SocketAddr> =
                found.into_iter().filter(|address| permitted(address.ip(), &exceptions)).collect();
            if any && allowed.is_empty() {
                return Err(Forbidden.into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter());
            Ok(addresses)
        })
    }
}
