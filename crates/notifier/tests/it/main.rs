//! Channels against servers that misbehave by script.

#[cfg(test)]
mod authority;
#[cfg(test)]
mod relay;
#[cfg(test)]
mod smtp_delivery;
#[cfg(test)]
mod smtp_tls;
#[cfg(test)]
mod webhook_delivery;
#[cfg(test)]
mod webhook_server;
