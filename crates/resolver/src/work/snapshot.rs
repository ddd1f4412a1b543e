//! What of the directory is kept in memory: the names of settings, and the teams with the places that they answer for.

use std::sync::{Arc, PoisonError, RwLock};

use encompass_core::id::LoadId;
use encompass_matching::setting::{Alias, AliasKind, Described, Index};
use encompass_store::directory::{self, Detail, Setting};
use encompass_store::resolve::Coverage;

use super::{Error, Resolver};

/// The directory as it was at some versions of its sources.
pub(super) struct Snapshot {
    loads: Vec<LoadId>,
    pub index: Index,
    pub coverage: Coverage,
}

/// The newest snapshot, shared by every clone of a resolver.
pub(super) type Shared = Arc<RwLock<Option<Arc<Snapshot>>>>;

impl Resolver {
    /// The directory in memory, read anew when another version of a source is current. Only this role waits for it: the
    /// index is built on a thread of its own.
    pub(super) async fn snapshot(&self) -> Result<Arc<Snapshot>, Error> {
        match self.kept() {
            Some(kept) => Ok(kept),
            None => self.follow_directory().await,
        }
    }

    /// Reads the directory anew, if another version of it is current.
    pub(super) async fn follow_directory(&self) -> Result<Arc<Snapshot>, Error> {
        let loads = self.store.loads_of_settings().await?;
        if let Some(kept) = self.kept().filter(|kept| kept.loads == loads) {
            return Ok(kept);
        }
        let coverage = self.store.coverage().await?;
        let settings = self.store.attended_settings().await?;
        let build = move || Index::build(settings.into_iter().map(described));
        let index = tokio::task::spawn_blocking(build).await.map_err(|_| Error::Index)?;
        tracing::info!(settings = index.len(), teams = coverage.len(), "the directory is in memory");
        let snapshot = Arc::new(Snapshot { loads, index, coverage });
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&snapshot));
        Ok(snapshot)
    }

    /// What a panicking thread left is still whole: it is only ever replaced.
    fn kept(&self) -> Option<Arc<Snapshot>> {
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn described((setting, detail): (Setting, Detail)) -> Described {
    let record = setting.record;
    let town: Vec<String> = detail.locality.into_iter().chain(record.town).collect();
    let also = detail.also.into_iter().map(|alias| {
        let kind = match alias.kind {
            directory::AliasKind::Former => AliasKind::Former,
            directory::AliasKind::Site => AliasKind::Site,
        };
        Alias { kind, name: alias.name }
    });
    Described {
        setting: setting.id,
        kind: record.kind,
        name: record.name,
        also: also.collect(),
        street: detail.street,
        town: (!town.is_empty()).then(|| town.join(", ")),
        postcode: record.postcode,
        ages: (record.low_age, record.high_age),
        point: detail.point,
    }
}
