//! Building the index of a register, and bringing it to the version that is current.

use std::sync::Arc;
use std::time::Instant;

use encompass_core::id::{EntryId, RegisterId};
use encompass_matching::population::{Builder, Shared};
use encompass_store::register::{self, Licensed};
use encompass_store::{Scope, Store};
use uuid::Uuid;

use super::held::{Roll, Rolls};
use super::person::{reference, writings};

/// Entries read at once.
const PAGE: i64 = 1_000;

impl Rolls {
    /// Brings every register licensed to a force in scope to its current version, and forgets those that no longer are.
    ///
    /// # Errors
    /// As [`bring_up`](Self::bring_up).
    pub async fn follow(&self, store: &Store, scope: &Scope) -> Result<(), encompass_store::Error> {
        let licences = store.licences(scope).await?;
        let registers: Vec<RegisterId> = licences.iter().map(|(_, register)| register.id).collect();
        self.keep(&registers);
        self.bring_up(store, scope, &licences).await?;
        self.set_shares(&licences);
        Ok(())
    }

    /// Brings these registers, each licensed to a force in scope, to their current versions.
    ///
    /// # Errors
    /// As the store says. A register whose entries can't be opened is passed over with a line in the log: nothing is
    /// found on it.
    pub async fn bring_up(
        &self,
        store: &Store,
        scope: &Scope,
        licences: &[(String, Licensed)],
    ) -> Result<(), encompass_store::Error> {
        for (force, register) in licences {
            if self.is_behind(register) {
                self.follow_one(store, scope, force, register).await?;
            }
        }
        Ok(())
    }

    async fn follow_one(
        &self,
        store: &Store,
        scope: &Scope,
        force: &str,
        register: &Licensed,
    ) -> Result<(), encompass_store::Error> {
        let started = Instant::now();
        let roll = match self.brought_up(store, scope, force, register).await {
            Err(encompass_store::Error::Sealed) if self.give_up(register.load) => {
                tracing::error!(register = %register.id, "a register's entries can't be opened: nothing is found on it");
                return Ok(());
            }
            // A licence that ended, or a version that was replaced in the meantime: the next step sees what is there.
            Err(encompass_store::Error::NotFound | encompass_store::Error::Sealed) => return Ok(()),
            roll => roll?,
        };
        let (entries, seconds) = (roll.entries, started.elapsed().as_secs_f64());
        tracing::info!(register = %register.id, load = %roll.load, entries, seconds, "a register is in memory");
        self.put(register.id, roll);
        Ok(())
    }

    async fn brought_up(
        &self,
        store: &Store,
        scope: &Scope,
        force: &str,
        register: &Licensed,
    ) -> Result<Roll, encompass_store::Error> {
        let roll = store.roll(scope, force, register.id).await?;
        if let Some(held) = self.get(register.id)
            && let Some(changed) = changed(&roll, &held).await?
        {
            return Ok(changed);
        }
        built(&roll).await
    }
}

/// The index of a whole register.
async fn built(roll: &register::Roll) -> Result<Roll, encompass_store::Error> {
    let mut builder = Builder::new();
    let (mut entries, mut last) = (0, nobody());
    loop {
        let page = roll.after(last, PAGE).await?;
        let Some(end) = page.last() else { break };
        last = end.entry;
        entries += page.len() as u64;
        for listed in &page {
            builder.add_writings(&writings(listed.entry, &listed.person));
        }
        tokio::task::yield_now().await;
    }
    let finish = tokio::task::spawn_blocking(|| builder.finish());
    let people = finish.await.map_err(|_| encompass_store::Error::Corrupt("a register's index".into()))?;
    Ok(Roll { load: roll.register().load, entries, people: Arc::new(Shared::new(people)) })
}

/// The index brought from one version to the next in place; `None` when the version before is not there to compare with.
async fn changed(roll: &register::Roll, held: &Roll) -> Result<Option<Roll>, encompass_store::Error> {
    let mut entries = held.entries;
    let mut last = nobody();
    loop {
        let page = roll.gone_after(held.load, last, PAGE).await?;
        let Some(end) = page.last() else { break };
        last = *end;
        entries = entries.saturating_sub(page.len() as u64);
        page.iter().for_each(|entry| {
            held.people.remove(&reference(*entry));
        });
    }
    last = nobody();
    loop {
        let page = roll.changed_after(held.load, last, PAGE).await?;
        let Some(end) = page.last() else { break };
        last = end.entry;
        for listed in &page {
            let is_new = held.people.read(|people| people.find(&reference(listed.entry)).is_none());
            entries += u64::from(is_new);
            held.people.put_writings(&writings(listed.entry, &listed.person));
        }
        tokio::task::yield_now().await;
    }
    // Rows of a version that was cleared away can't tell who is gone: then the numbers differ.
    let is_whole = entries == roll.count().await?;
    let load = roll.register().load;
    Ok(is_whole.then(|| Roll { load, entries, people: Arc::clone(&held.people) }))
}

fn nobody() -> EntryId {
    EntryId::new(Uuid::nil())
}
