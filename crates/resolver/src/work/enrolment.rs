//! Where a child is on roll, as the routing table asks it: for the day of each setting's due time.

use encompass_core::calendar::london;
use encompass_core::id::SettingId;
use encompass_core::routing::{Attendance, Enrolment, LastDay};
use encompass_core::state::SettingKind;
use encompass_matching::Entry;
use encompass_store::resolve::Site;
use jiff::civil::Date;

use super::Resolver;
use super::found::Found;
use super::subject::Subject;

impl Resolver {
    /// The enrolments of the entries that fit, as they stand for the day of each setting's due time.
    pub(super) fn enrolments(
        &self,
        subject: &Subject<'_>,
        fitting: &[&Entry],
        found: &Found,
    ) -> Vec<Enrolment> {
        let all =
            fitting.iter().flat_map(|entry| &entry.enrolments);
        all.map(|enrolment| Enrolment {
            from: enrolment.starts_on,
            until: enrolment.ends_on,
            last_day: enrolment.last_day,
            ..self.enrolment(enrolment.setting, enrolment.how, subject, found)
        })
        .collect()
    }

    /// Being at a setting, from when on is not known. One that the directory does not have counts as closed.
    pub(super) fn enrolment(
        &self,
        setting: SettingId,
        how: Attendance,
        subject: &Subject<'_>,
        found: &Found,
    ) -> Enrolment {
        let site = found.site(setting);
        let day = |site: &Site| london::date(site.due(&subject.known, &self.rules).at);
        let due_on = site.map_or_else(|| london::date(subject.known.at), day);
        let postcode = site.and_then(|site| site.setting.record.postcode.as_deref());
        let is_outside = site.is_some_and(lies_outside);
        let own = self.own_force(subject);
        let forces = postcode.filter(|_| is_outside).into_iter().flat_map(|at| found.directory.forces(at));
        Enrolment {
            setting,
            kind: site.map_or(SettingKind::School, |site| site.setting.record.kind),
            how,
            from: None,
            until: None,
            last_day: LastDay::Stated,
            due_on,
            is_open: site.is_some_and(|site| is_open_on(site, due_on)),
            is_outside,
            forces: forces.filter(|force| *force != own).collect(),
        }
    }
}

/// Whether a setting can be told on a day.
pub(super) fn is_open_on(site: &Site, day: Date) -> bool {
    let record = &site.setting.record;
    record.is_open && record.closed_on.is_none_or(|last| last >= day)
}

/// Postcode areas of Scotland, Northern Ireland, the Isle of Man and the Channel Islands. `TD` lies on both sides.
const OUTSIDE: [&str; 20] = [
    "AB", "BT", "DD", "DG", "EH", "FK", "G", "GY", "HS", "IM", "IV", "JE", "KA", "KW", "KY", "ML", "PA",
    "PH", "TD", "ZE",
];

/// Whether a setting lies outside England and Wales: by its postcode, and no authority of the school register has it.
fn lies_outside(site: &Site) -> bool {
    let record = &site.setting.record;
    let area = record.postcode.as_deref().map(|postcode| {
        postcode.trim_start().split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default()
    });
    record.authority.is_none() && area.is_some_and(|area| OUTSIDE.contains(&area))
}
