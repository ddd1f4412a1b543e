//! The county's files, taken in by the real importers.

use std::io::Cursor;

use encompass_core::calendar::london;
use encompass_county::files;
use encompass_county::{AUTHORITIES, County, DECIDED_ON, FORCE, NEIGHBOUR, Owner, Role, TermDates, history};
use encompass_store::contact::How;
use encompass_store::directory::Identifier;
use encompass_store::register::New;
use encompass_store::{Actor, Store};
use jiff::civil::{Date, time};
use jiff::{Timestamp, ToSpan as _};

use super::people::People;
use super::progress;
use super::staff::DESK;
use crate::directory::{CalendarOf, Kind, Options, import};
use crate::history::take;

/// A register that is older at the beginning is one that nobody sends any more.
const LATEST_DAYS: i64 = 30;

/// Children of one register's decided cases: of them enough are on it to show 99.9 %.
const DECIDED: usize = 6_000;

/// Takes everything in, and verifies the contacts that answer the desk's call.
pub(super) async fn load(store: &Store, county: &County, now: Timestamp) -> anyhow::Result<People> {
    let loader = Loader { store, now };
    loader.take("gias", Kind::Schools { links: None }, files::gias(county)).await?;
    loader.take("ofsted", Kind::EarlyYears, files::early_years(county)).await?;
    let forces = vec![FORCE.to_owned(), NEIGHBOUR.to_owned()];
    loader.take("wexcombe-teams", Kind::Teams { forces }, files::teams(county)).await?;
    loader.take("gov.uk", Kind::BankHolidays, files::bank_holidays(county)).await?;
    for dates in &county.term_dates {
        loader.term_dates(county, dates).await?;
    }
    loader.take("wexcombe-contacts", Kind::Contacts, files::contacts(county)).await?;
    registers(store, county, now).await?;
    decided(store, county, now).await?;
    let people = People::find(store, county).await?;
    verify(store, county, &people, now).await?;
    Ok(people)
}

/// What the desk decided before this service came, so that automatic sending is earned on the registers of schools.
async fn decided(store: &Store, county: &County, now: Timestamp) -> anyhow::Result<()> {
    for place in DECIDED_ON {
        let cases = history(county, place, DECIDED, county.seed);
        let (written, truth) = (files::decided_incidents(&cases), files::decisions(county, &cases, place));
        let source = county.sources[place].name;
        let taken = take(store, FORCE, source, written.as_slice(), truth.as_slice(), &command(), now).await?;
        progress(format_args!(
            "History of {source}: {} decided cases; of {} the best candidate was the child",
            taken.cases, taken.right
        ));
    }
    Ok(())
}

/// The registers as their owners send them that day; one of them has sent none for months.
pub(super) async fn registers(store: &Store, county: &County, now: Timestamp) -> anyhow::Result<()> {
    let loader = Loader { store, now };
    let days = london::date(now).since(county.on)?;
    for (place, source) in county.sources.iter().enumerate() {
        let is_sent = source.as_of.saturating_add(LATEST_DAYS.days()) >= county.on;
        if !is_sent && !days.is_zero() {
            continue;
        }
        let terms = New {
            source: source.name.to_owned(),
            owner: source.owner.to_owned(),
            max_age_days: source.max_age_days.into(),
            forces: source.forces.iter().map(|force| (*force).to_owned()).collect(),
        };
        let as_of = noon(source.as_of.saturating_add(days)).min(now);
        let options = Options::new(source.name, as_of, command());
        loader.take_with(Kind::Register(terms), files::register(county, place), &options).await?;
    }
    Ok(())
}

fn command() -> Actor {
    Actor::Command("demo".into())
}

fn noon(day: Date) -> Timestamp {
    london::instant(day.to_datetime(time(12, 0, 0, 0)))
}

struct Loader<'a> {
    store: &'a Store,
    now: Timestamp,
}

impl Loader<'_> {
    async fn take(&self, source: &str, kind: Kind, file: Vec<u8>) -> anyhow::Result<()> {
        self.take_with(kind, file, &Options::new(source, self.now, command())).await
    }

    async fn take_with(&self, kind: Kind, file: Vec<u8>, options: &Options) -> anyhow::Result<()> {
        import(self.store, kind, Cursor::new(file), options, self.now).await?;
        Ok(())
    }

    /// Authorities publish a calendar, settings send a list: both forms are read.
    async fn term_dates(&self, county: &County, dates: &TermDates) -> anyhow::Result<()> {
        let (source, of, file) = match dates.owner {
            Owner::Authority(place) => {
                let code = AUTHORITIES[place].code.to_owned();
                (format!("authority-{code}"), CalendarOf::Authority(code), files::term_calendar(dates))
            }
            Owner::Setting(place) => {
                let identifier = &county.settings[place].identifier;
                let of = Identifier::new(identifier.scheme, identifier.value.as_str());
                (format!("setting-{}", identifier.value), CalendarOf::Setting(of), files::term_json(dates))
            }
        };
        self.take(&source, Kind::TermDates { of, listing: None }, file).await
    }
}

/// The desk's recorded calls. Systems are left out: their addresses end in `.example`, where nobody answers.
async fn verify(store: &Store, county: &County, people: &People, now: Timestamp) -> anyhow::Result<()> {
    let mut tx = store.begin().await?;
    let answers = county.contacts.iter().filter(|contact| contact.verified && contact.role != Role::System);
    for contact in answers {
        if let Some(id) = people.contact(contact.setting, &contact.address) {
            tx.verify_contact(id, How::Call, Actor::Staff(DESK.into()), now).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use encompass_county::Size;
    use encompass_matching::weigh::Share;
    use encompass_store::seal::Keys;
    use encompass_store::{Scope, db};

    use super::*;

    #[tokio::test]
    async fn the_history_of_the_county_shows_what_three_thousand_right_cases_show() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("store.db").display());
        let store = Store::open(&db::Options::at(url), Keys::new(&[7; 32])).await.unwrap();
        let day = jiff::civil::date(2026, 4, 27);
        let county = County::generate(1, Size { children: 5_000, ..Size::default() }, day);
        load(&store, &county, noon(day)).await.unwrap();
        let scope = Scope::service("test");
        let print = encompass_matching::weigh::Parameters::default().print();
        let marks: Vec<String> = Share::all().map(|share| share.mark(&print)).collect();
        let extents = store.decided_extent(&scope, &marks).await.unwrap();
        assert_eq!(extents.len(), DECIDED_ON.len(), "of each register");
        for extent in extents {
            let (force, mark) = (extent.force.as_str(), extent.parameters.as_str());
            let cases = store.decided_cases(&scope, force, extent.register, mark, 10_000).await.unwrap();
            assert_eq!(cases.len() as i64, extent.cases);
            let sure = cases.iter().filter(|case| case.score > 7.0);
            let (right, all) = (sure.clone().filter(|case| case.is_right).count(), sure.count());
            assert!(all > 3_000 && right == all, "{right} of {all}");
            assert!(cases.iter().all(|case| !case.is_right || case.right.is_some()));
        }
    }
}
