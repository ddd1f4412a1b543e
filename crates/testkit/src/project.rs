//! Where things lie in the project.

use std::path::{Path, PathBuf};

/// The top folder of the project.
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).expect("this crate lies two folders down").to_owned()
}

/// The folder into which `scripts/setup` collects servers that are no Debian packages.
pub(crate) fn servers() -> PathBuf {
    root().join("target/servers")
}
