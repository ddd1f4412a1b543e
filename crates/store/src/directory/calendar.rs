//! Days of bank holidays, authorities and settings, and the calendar of one setting made of them.

use std::sync::Arc;

use encompass_core::calendar::{Calendar, Dates, DayKind, DayRow, Days, Opening, SchoolDays, WorkingDays};
use encompass_core::due::Rules;
use encompass_core::id::SettingId;
use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::load::{self, Brake, Kind, Loading, Outcome, Start};
use super::setting::Setting;
use crate::db::{batch, row};
use crate::{Error, Result, Store};

/// Whose days they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Bank holidays of England and Wales.
    BankHolidays,
    /// A local authority, by number.
    Authority(String),
    /// One setting.
    Setting(SettingId),
}

impl Owner {
    fn word(&self) -> String {
        match self {
            Self::BankHolidays => "bank_holidays".into(),
            Self::Authority(code) => format!("authority:{code}"),
            Self::Setting(id) => format!("setting:{id}"),
        }
    }
}

/// A file of days.
#[derive(Clone, Debug)]
pub struct File {
    /// Whose days.
    pub owner: Owner,
    /// The days that it speaks of.
    pub days: Vec<DayRow>,
    /// The first and the last day that it covers: within them a day that it does not name is taken back.
    pub window: (Date, Date),
}

/// Merges a file into the days of its owner and makes the result current.
///
/// The published files are rolling windows: a day outside stays, and a day before `today` stays in any case,
/// because due times were worked out by it. `start.kind` and `start.source` follow from the owner.
///
/// # Errors
/// As [`Loading::finish`].
pub async fn merge(store: &Store, file: File, start: Start, today: Date, now: Timestamp) -> Result<Outcome> {
    let kind = if file.owner == Owner::BankHolidays { Kind::BankHolidays } else { Kind::Calendar };
    let owner = file.owner.word();
    let mut loading = Loading::begin(store, Start { kind, source: owner.clone(), ..start }, now).await?;
    let before = stored(store, &owner).await?;
    let days = merged(&before, &file, today);
    let mut rows = Vec::with_capacity(days.len());
    for day in &days {
        let (date, word) = (day.date.to_string(), word(day.kind));
        loading.mix(&store.identity().hash("calendar row", &[date.as_bytes(), word.as_bytes()]));
        rows.push(vec![loading.id().into(), owner.as_str().into(), date.into(), word.into()]);
    }
    let mut tx = loading.batch().await?;
    batch::insert(tx.conn(), "INSERT INTO calendar_day (load_id, owner, day, kind)", rows, "").await?;
    tx.commit().await?;
    loading.finish(Brake { allow_shrink: true, ..Brake::default() }, 0, now).await
}

fn merged(before: &[DayRow], file: &File, today: Date) -> Vec<DayRow> {
    let (first, last) = file.window;
    let stays = |day: &&DayRow| day.date < first || day.date > last || day.date < today;
    let past = |date: Date| date < today && before.iter().any(|day| day.date == date);
    let kept = before.iter().filter(stays).copied();
    Days::new(kept.chain(file.days.iter().filter(|day| !past(day.date)).copied())).rows().to_vec()
}

async fn stored(store: &Store, owner: &str) -> Result<Vec<DayRow>> {
    let select = "SELECT d.day AS day, d.kind AS kind FROM calendar_day d JOIN load l ON l.id = d.load_id \
         WHERE d.owner = $1 AND l.state = 'current'";
    let rows = sqlx::query(select).bind(owner.to_owned()).fetch_all(store.read()).await?;
    rows.iter()
        .map(|found| {
            let kind = row::text(found, "kind")?;
            let kind = KINDS.into_iter().find(|known| word(*known) == kind);
            Ok(DayRow {
                date: row::word(found, "day")?,
                kind: kind.ok_or_else(|| Error::Corrupt("kind".into()))?,
            })
        })
        .collect()
}

const KINDS: [DayKind; 5] = [DayKind::Term, DayKind::Holiday, DayKind::Closed, DayKind::Inset, DayKind::Open];

const fn word(kind: DayKind) -> &'static str {
    match kind {
        DayKind::Term => "term",
        DayKind::Holiday => "holiday",
        DayKind::Closed => "closed",
        DayKind::Inset => "inset",
        DayKind::Open => "open",
    }
}

impl Store {
    /// The bank holidays that are known.
    ///
    /// # Errors
    /// As the database says.
    pub async fn bank_holidays(&self, machine: Timestamp) -> Result<Dates> {
        let seen = self.directory_cache().follow(self, machine).await?;
        if let (Some(holidays), _) = self.directory_cache().shared(None) {
            return Ok(holidays);
        }
        let days = stored(self, &Owner::BankHolidays.word()).await?;
        let holidays = Dates::new(days.iter().map(|day| day.date));
        self.directory_cache().keep_shared(seen, &holidays, None);
        Ok(holidays)
    }

    /// The calendar of a setting. `rules` has the openings of those that state none, and is the same in every call.
    ///
    /// # Errors
    /// [`Error::NotFound`] when no current version knows the setting; else as the database says.
    pub async fn calendar_of(
        &self,
        id: SettingId,
        rules: &Rules,
        machine: Timestamp,
    ) -> Result<Arc<Calendar>> {
        let seen = self.directory_cache().follow(self, machine).await?;
        if let Some(calendar) = self.directory_cache().calendar(id) {
            return Ok(calendar);
        }
        let setting = self.setting(id, machine).await?.ok_or(Error::NotFound)?;
        let calendar = Arc::new(self.make_calendar(&setting, rules, seen, machine).await?);
        self.directory_cache().keep_calendar(seen, id, &calendar);
        Ok(calendar)
    }

    async fn make_calendar(
        &self,
        of: &Setting,
        rules: &Rules,
        seen: u64,
        machine: Timestamp,
    ) -> Result<Calendar> {
        let bank_holidays = self.bank_holidays(machine).await?;
        if !of.record.kind.has_school_days() {
            let opening = opening(of, rules.team_opening());
            return Ok(Calendar::Working(WorkingDays { bank_holidays, opening }));
        }
        let authority = match of.record.authority.as_deref() {
            Some(code) if of.record.follows_authority => {
                Some(self.authority_days(code, &bank_holidays, seen).await?)
            }
            _ => None,
        };
        let own = Days::new(stored(self, &Owner::Setting(of.id).word()).await?);
        let opening = opening(of, rules.school_opening());
        Ok(Calendar::School(SchoolDays { bank_holidays, authority, own, opening }))
    }

    /// One list for all the schools that follow an authority.
    async fn authority_days(&self, code: &str, holidays: &Dates, seen: u64) -> Result<Days> {
        if let (_, Some(days)) = self.directory_cache().shared(Some(code)) {
            return Ok(days);
        }
        let days = Days::new(stored(self, &Owner::Authority(code.to_owned()).word()).await?);
        self.directory_cache().keep_shared(seen, holidays, Some((code, &days)));
        Ok(days)
    }

    /// Which version of a calendar is read now; `None` while there is none.
    ///
    /// # Errors
    /// As the database says.
    pub async fn calendar_load(&self, owner: &Owner) -> Result<Option<encompass_core::id::LoadId>> {
        let kind = if *owner == Owner::BankHolidays { Kind::BankHolidays } else { Kind::Calendar };
        load::current(self, kind, &owner.word()).await
    }
}

fn opening(of: &Setting, usual: Opening) -> Opening {
    let minute = of.record.opens_at_minute.filter(|minute| *minute < 24 * 60);
    let time = minute.and_then(|minute| {
        let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
        Time::new(hour, minute, 0, 0).ok()
    });
    time.map_or(usual, Opening::at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_file_takes_back_only_days_ahead_inside_its_window() {
        let row = |date, kind| DayRow { date, kind };
        let before = [
            row(date(2025, 12, 25), DayKind::Holiday),
            row(date(2026, 1, 5), DayKind::Inset),
            row(date(2026, 3, 2), DayKind::Inset),
            row(date(2027, 1, 4), DayKind::Closed),
        ];
        let file = File {
            owner: Owner::Authority("925".into()),
            days: vec![row(date(2026, 1, 5), DayKind::Open), row(date(2026, 4, 7), DayKind::Closed)],
            window: (date(2026, 1, 1), date(2026, 8, 31)),
        };
        let days = merged(&before, &file, date(2026, 2, 1));
        let expected = [before[0], before[1], row(date(2026, 4, 7), DayKind::Closed), before[3]];
        assert_eq!(days, expected);
    }
}
