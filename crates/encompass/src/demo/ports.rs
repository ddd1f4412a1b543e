//! Which ports the pages take.

use std::net::{Ipv4Addr, TcpListener};

use super::progress;

/// The ports of the listeners.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    /// Settings' pages.
    pub portal: u16,
    /// Systems.
    pub api: u16,
    /// Staff's pages.
    pub desk: u16,
    /// The mail catcher's pages.
    pub letters: u16,
    /// Metrics and health.
    pub machine: u16,
}

/// Where Prometheus looks by the shipped configuration.
const MACHINE: u16 = 9090;

impl Ports {
    /// The wanted ports from `base` on, each replaced by a free one where it is taken.
    pub fn choose(base: u16) -> Self {
        let from = |offset: u16| free_or_other(base.saturating_add(offset));
        Self {
            portal: from(0),
            api: from(1),
            desk: from(2),
            letters: from(3),
            machine: free_or_other(MACHINE),
        }
    }
}

fn free_or_other(wanted: u16) -> u16 {
    if TcpListener::bind((Ipv4Addr::LOCALHOST, wanted)).is_ok() {
        return wanted;
    }
    // Without any free port binding fails, and says so.
    let other = any().unwrap_or(wanted);
    progress(format_args!("Port {wanted} is taken: {other} is used instead."));
    other
}

fn any() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
