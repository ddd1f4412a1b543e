//! From a setting to what is owed there: when, on which basis, to whom and in which order.

use std::sync::Arc;

use encompass_core::calendar::{Calendar, london};
use encompass_core::due::{self, Known};
use encompass_core::id::SettingId;
use encompass_core::plan::{self, Plan, call_task_at};
use encompass_core::routing::{Gap, Routing};
use encompass_core::state::{Channel, TaskKind};
use jiff::Timestamp;
use jiff::civil::Date;

use super::contact::Reach;
use crate::child::Child;
use crate::directory::Setting;
use crate::incident::Due;
use crate::resolution::{Target, TargetRung};
use crate::{Result, Store, task};

/// The rules by which due times and plans are worked out.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Due times.
    pub due: due::Rules,
    /// Plans.
    pub plan: plan::Rules,
    /// Legal bases.
    pub routing: Routing,
}

/// A setting with its calendar.
#[derive(Clone, Debug)]
pub struct Site {
    /// The setting.
    pub setting: Arc<Setting>,
    /// Its days.
    pub calendar: Arc<Calendar>,
}

impl Store {
    /// Those of these settings that the directory knows, with their calendars, in the order asked.
    ///
    /// # Errors
    /// As the database says.
    pub async fn sites(&self, ids: &[SettingId], rules: &Rules, machine: Timestamp) -> Result<Vec<Site>> {
        let settings = self.settings(ids, machine).await?;
        let mut sites = Vec::with_capacity(settings.len());
        for id in ids {
            if let Some(setting) = settings.get(id) {
                let calendar = self.calendar_of(*id, &rules.due, machine).await?;
                sites.push(Site { setting: Arc::clone(setting), calendar });
            }
        }
        Ok(sites)
    }
}

impl Site {
    /// When the setting must have been told.
    pub fn due(&self, known: &Known, rules: &Rules) -> Due {
        due_of(due::due_at(known, &self.calendar, &rules.due), false)
    }

    /// Whether the setting can be told on a day.
    pub fn is_open_on(&self, day: Date) -> bool {
        let record = &self.setting.record;
        record.is_open && record.closed_on.is_none_or(|last| last >= day)
    }

    /// What is owed to the setting on this legal basis. `contacts` are those of the setting, in their order.
    pub fn target_on(
        &self,
        legal_basis: String,
        known: &Known,
        contacts: &[Reach],
        rules: &Rules,
        now: Timestamp,
    ) -> Target {
        let record = &self.setting.record;
        let due = self.due(known, rules);
        let today = london::date(now);
        let told: Vec<&Reach> = contacts.iter().filter(|contact| contact.may_be_told(today)).collect();
        let channels: Vec<Channel> = told.iter().map(|contact| contact.channel).collect();
        let plan = Plan::draw(&rules.plan, &channels, now, due.at);
        let rungs = plan.rungs.iter();
        Target {
            setting: self.setting.id,
            kind: record.kind,
            authority: record.authority.clone(),
            legal_basis,
            call_at: plan.call_at,
            rungs: rungs
                .map(|rung| TargetRung { contact: told[rung.contact].id, channel: rung.channel, at: rung.at })
                .collect(),
            due,
        }
    }

    /// When a person is asked to telephone, for a notification that was made at `made_at`.
    pub fn call_at(due: &Due, made_at: Timestamp, rules: &Rules) -> Timestamp {
        call_task_at(&rules.plan, due.at, made_at)
    }
}

/// The due time of a child without a setting, by the sites that it may belong to.
pub fn provisional_due<'a>(known: &Known, sites: impl Iterator<Item = &'a Site>, rules: &Rules) -> Due {
    due_of(due::provisional(known, sites.map(|site| &*site.calendar), &rules.due), true)
}

/// A due time as it is stored.
pub fn due_of(due: due::Due, is_provisional: bool) -> Due {
    let reasoning = serde_json::to_string(&due.reason).expect("a reason is written as JSON");
    Due { at: due.at, is_provisional, reasoning }
}

/// Asks a person who is to be told of a child besides, by the time at which the first of those is told who are clear.
pub fn besides(child: &Child, gap: &Gap, authority: Option<String>, due_at: Timestamp) -> task::New {
    let subject = format!("child:{}:{}", child.id, gap.tell);
    task::New {
        authority,
        incident: Some(child.incident),
        child: Some(child.id),
        detail: gap.tell.as_str().into(),
        ..task::New::about(&child.force, TaskKind::TellBesides, subject, due_at)
    }
}
