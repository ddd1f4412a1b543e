//! The files of a set.

use std::io::{Error, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A register, incidents and who they are about, as CSV.
pub struct Files {
    /// The children of the register.
    pub register: Vec<u8>,
    /// The children of incidents.
    pub incidents: Vec<u8>,
    /// Which child of the register each of them is.
    pub truth: Vec<u8>,
}

impl Files {
    /// Those of a set of the linkage folder; `None` where it is not there.
    pub fn of_set(set: &str) -> Result<Option<Self>> {
        let folder = std::env::var_os("ENCOMPASS_LINKAGE");
        let folder = folder.map_or_else(|| PathBuf::from("../shared/linkage"), PathBuf::from).join(set);
        if !folder.is_dir() {
            return Ok(None);
        }
        let read = |name: &str| unpacked(&folder.join(name));
        Ok(Some(Self {
            register: read("register.csv.gz")?,
            incidents: read("incidents.csv.gz")?,
            truth: read("truth.csv.gz")?,
        }))
    }

    /// The cut that the tests use.
    pub fn of_tests() -> Self {
        Self {
            register: include_bytes!("../../tests/data/register.csv").to_vec(),
            incidents: include_bytes!("../../tests/data/incidents.csv").to_vec(),
            truth: include_bytes!("../../tests/data/truth.csv").to_vec(),
        }
    }
}

fn unpacked(path: &Path) -> Result<Vec<u8>> {
    let output = Command::new("gzip").arg("-dc").arg(path).output()?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
    }
}
