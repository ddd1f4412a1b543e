//! Names of settings for pages: the directory's, with town and kind.

use std::collections::HashMap;
use std::sync::Arc;

use encompass_core::id::SettingId;
use encompass_store::directory::Setting;

use crate::State;
use crate::failure::Failure;
use crate::words;

/// The settings that a page names.
pub(crate) struct Names(HashMap<SettingId, Arc<Setting>>);

impl Names {
    /// Looks them up together.
    pub async fn of(state: &State, ids: impl IntoIterator<Item = SettingId>) -> Result<Self, Failure> {
        let mut ids: Vec<SettingId> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(Self(state.store().settings(&ids, state.machine()).await?))
    }

    pub fn get(&self, id: SettingId) -> Option<&Setting> {
        self.0.get(&id).map(Arc::as_ref)
    }

    /// Name and town.
    pub fn name(&self, id: SettingId) -> String {
        self.get(id).map_or_else(|| "A setting that the directory no longer knows".to_owned(), named)
    }
}

/// Name and town.
pub(crate) fn named(setting: &Setting) -> String {
    match &setting.record.town {
        Some(town) => format!("{}, {town}", setting.record.name),
        None => setting.record.name.clone(),
    }
}

/// Kind, postcode and whether it is open, to tell namesakes apart.
pub(crate) fn described(setting: &Setting) -> String {
    let record = &setting.record;
    let closed = (!record.is_open).then_some("closed");
    let parts = [Some(words::setting_kind(record.kind)), record.postcode.as_deref(), closed];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
