//! Temporary folders that do not outlive their test.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::sync::Once;

use anyhow::Context;
use tempfile::TempDir;

const PREFIX: &str = "encompass-test-";

/// A temporary folder, removed when dropped; what killed tests left behind is removed by the next one.
#[derive(Debug)]
pub struct Folder(TempDir);

impl Folder {
    /// A new empty folder which other users may enter, because servers run as users of their own.
    ///
    /// # Errors
    ///
    /// If the machine's folder for temporary files can't be written.
    pub fn new() -> anyhow::Result<Folder> {
        static SWEPT: Once = Once::new();
        SWEPT.call_once(sweep);
        let prefix = format!("{PREFIX}{}-", std::process::id());
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir().context("temporary folder")?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        Ok(Folder(folder))
    }

    /// The path of the folder.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file into it.
    ///
    /// # Errors
    ///
    /// If the disk is full or the name is no file's.
    pub fn file(&self, name: &str, content: &str) -> anyhow::Result<PathBuf> {
        let path = self.0.path().join(name);
        fs::write(&path, content).with_context(|| format!("writing {name}"))?;
        Ok(path)
    }

    pub(crate) fn subfolder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let path = self.0.path().join(name);
        fs::create_dir_all(&path).with_context(|| format!("making {name}"))?;
        Ok(path)
    }
}

/// A user of this machine, as its user file gives it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct User {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl User {
    pub(crate) fn named(name: &str) -> Option<User> {
        let users = fs::read_to_string("/etc/passwd").ok()?;
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2).map(str::parse);
        Some(User { uid: fields.next()?.ok()?, gid: fields.next()?.ok()? })
    }

    pub(crate) fn owns(self, path: &Path) -> anyhow::Result<()> {
        chown(path, Some(self.uid), Some(self.gid)).context("giving a server its folder")
    }
}

pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Removes the folders of processes that are no more.
fn sweep() {
    let Ok(entries) = fs::read_dir(std::env::temp_dir()) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('-').next());
        if owner.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            // Another test process may be sweeping the same folder.
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_processes_that_are_no_more_are_removed_and_others_kept() -> anyhow::Result<()> {
        // Process ids end at four million.
        let orphan = std::env::temp_dir().join(format!("{PREFIX}99999999-x"));
        fs::create_dir_all(&orphan)?;
        let ours = Folder::new()?;
        sweep();
        assert!(!orphan.exists() && ours.path().exists());
        let path = ours.path().to_owned();
        drop(ours);
        assert!(!path.exists());
        Ok(())
    }
}
