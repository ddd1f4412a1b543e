//! Tasks of every kind of origin.

use encompass_core::id::{SettingId, TaskId};
use encompass_core::state::TaskKind;
use encompass_store::{Scope, Store, task};
use jiff::SignedDuration;

use super::incident::incident_id;
use super::now;

/// The tasks: a call, a correction, a bad contact, and one of the installation.
pub async fn tasks(store: &Store, school: SettingId) -> [TaskId; 4] {
    let due_at = now() + SignedDuration::from_hours(3);
    let bad = task::New {
        setting: Some(school),
        authority: Some("919".into()),
        ..task::New::about("north", TaskKind::BadContact, format!("setting:{school}"), due_at)
    };
    let gap = task::New {
        detail: "out_of_range".into(),
        ..task::New::about("", TaskKind::FeedGap, "police.incidents.v1/0".into(), due_at)
    };
    let mut tx = store.begin().await.unwrap();
    tx.open_tasks(vec![bad, gap], now()).await.unwrap();
    tx.commit().await.unwrap();
    let all = store.tasks(&Scope::service("test"), 0).await.unwrap().rows;
    let waiting = incident_id(store, "north", "N/5/26");
    let find = |kind: TaskKind| {
        let of_call = |incident| kind != TaskKind::Call || incident == Some(waiting);
        all.iter().find(|task| task.kind == kind && of_call(task.incident)).unwrap().id
    };
    [find(TaskKind::Call), find(TaskKind::Corrected), find(TaskKind::BadContact), find(TaskKind::FeedGap)]
}
