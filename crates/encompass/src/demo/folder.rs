//! Where the demo keeps its store, key and log.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use tempfile::TempDir;

/// A folder of the demo's own.
pub struct Folder(Place);

enum Place {
    /// Removed at the end.
    Temporary(TempDir),
    /// Left where it is.
    Kept(PathBuf),
}

impl Folder {
    /// A fresh temporary folder, or the one to keep.
    ///
    /// # Errors
    /// When it can't be made, or has a store already.
    pub fn new(keep: Option<PathBuf>) -> anyhow::Result<Self> {
        let Some(path) = keep else {
            let folder =
                TempDir::with_prefix("encompass-demo-").context("no temporary folder can be made")?;
            return Ok(Self(Place::Temporary(folder)));
        };
        std::fs::create_dir_all(&path).with_context(|| format!("the folder {}", path.display()))?;
        let folder = Self(Place::Kept(path));
        ensure!(
            !folder.store().exists(),
            "{} has a store already: name another folder",
            folder.path().display()
        );
        Ok(folder)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        match &self.0 {
            Place::Temporary(folder) => folder.path(),
            Place::Kept(path) => path,
        }
    }

    /// Whether it stays when the demo ends.
    pub(super) const fn is_kept(&self) -> bool {
        matches!(self.0, Place::Kept(_))
    }

    /// The store's file.
    pub fn store(&self) -> PathBuf {
        self.path().join("encompass.db")
    }

    /// The installation's key.
    pub(super) fn key(&self) -> PathBuf {
        self.path().join("installation.key")
    }

    /// The log.
    pub fn log(&self) -> PathBuf {
        self.path().join("encompass.log")
    }

    /// The store's file with those that SQLite keeps beside it, as far as they are there.
    pub fn store_files(&self) -> Vec<PathBuf> {
        let beside = ["", "-wal", "-shm"].map(|end| self.path().join(format!("encompass.db{end}")));
        beside.into_iter().filter(|path| path.exists()).collect()
    }
}
