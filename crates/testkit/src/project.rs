//! Where things lie in the project.

use std::path::{Path, PathBuf};

/// The top folder of the project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folder into which `scripts/setup` collects servers that are no Debian packages.
pub(crate) fn servers() -> PathBuf {
    root().join("target/servers")
}
