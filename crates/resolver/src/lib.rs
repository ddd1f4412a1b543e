//! From child to settings: looks for children on the registers in memory, decides by the rules of `matching`, and
//! records what follows. Whatever is neither exact nor earned is held for a person, with everything that was compared.

mod config;
mod evidence;
mod keys;
mod metrics;
mod roll;
mod unearned;
mod work;

pub use config::Config;
pub use evidence::{Evidence, Revision, Told};
pub use keys::{adult_name_key, register_keys, setting_name_key};
pub use metrics::Metrics;
pub use roll::{Answer, Hit, Open, Rolls, as_sought, number_of, sought};
pub use unearned::Unearned;
pub use work::{Error, Resolver, parameters};
