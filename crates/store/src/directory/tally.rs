//! What a new version adds, changes and closes, counted against the current one.

use encompass_core::id::LoadId;

use super::load::{Counts, Kind};
use crate::db::row;
use crate::{Result, Store};

/// The zero id, which no load has: nothing is compared with nothing.
const NO_LOAD: [u8; 16] = [0; 16];

/// A setting that was open counts as closed when it is missing or closed now.
const SETTINGS: &str = "SELECT \
     (SELECT COUNT(*) FROM setting_record WHERE load_id = $1) AS n_rows, \
     (SELECT COUNT(*) FROM setting_record n WHERE n.load_id = $1 AND NOT EXISTS ( \
        SELECT 1 FROM setting_record c WHERE c.load_id = $2 AND c.setting_id = n.setting_id)) AS n_added, \
     (SELECT COUNT(*) FROM setting_record n JOIN setting_record c ON c.setting_id = n.setting_id \
        WHERE n.load_id = $1 AND c.load_id = $2 AND c.row_hash <> n.row_hash) AS n_changed, \
     (SELECT COUNT(*) FROM setting_record c WHERE c.load_id = $2 AND c.is_open = 1 AND NOT EXISTS ( \
        SELECT 1 FROM setting_record n WHERE n.load_id = $1 AND n.setting_id = c.setting_id AND n.is_open = 1 \
        )) AS n_closed, \
     (SELECT COUNT(*) FROM setting_record WHERE load_id = $2 AND is_open = 1) AS n_open";

/// A child who is no longer on roll counts as closed.
const REGISTER: &str = "SELECT \
     (SELECT COUNT(*) FROM register_entry WHERE load_id = $1) AS n_rows, \
     (SELECT COUNT(*) FROM register_entry n WHERE n.load_id = $1 AND NOT EXISTS ( \
        SELECT 1 FROM register_entry c WHERE c.load_id = $2 AND c.entry_id = n.entry_id)) AS n_added, \
     (SELECT COUNT(*) FROM register_entry n JOIN register_entry c ON c.entry_id = n.entry_id \
        WHERE n.load_id = $1 AND c.load_id = $2 AND c.row_hash <> n.row_hash) AS n_changed, \
     (SELECT COUNT(*) FROM register_entry c WHERE c.load_id = $2 AND c.left_on IS NULL AND NOT EXISTS ( \
        SELECT 1 FROM register_entry n WHERE n.load_id = $1 AND n.entry_id = c.entry_id AND n.left_on IS NULL \
        )) AS n_closed, \
     (SELECT COUNT(*) FROM register_entry WHERE load_id = $2 AND left_on IS NULL) AS n_open";

/// Of a calendar nothing is closed: a day that goes missing counts as open, which is the safe mistake.
const CALENDAR: &str = "SELECT \
     (SELECT COUNT(*) FROM calendar_day WHERE load_id = $1) AS n_rows, \
     (SELECT COUNT(*) FROM calendar_day n WHERE n.load_id = $1 AND NOT EXISTS ( \
        SELECT 1 FROM calendar_day c WHERE c.load_id = $2 AND c.owner = n.owner AND c.day = n.day)) AS n_added, \
     (SELECT COUNT(*) FROM calendar_day n JOIN calendar_day c ON c.owner = n.owner AND c.day = n.day \
        WHERE n.load_id = $1 AND c.load_id = $2 AND c.kind <> n.kind) + \
     (SELECT COUNT(*) FROM calendar_day c WHERE c.load_id = $2 AND NOT EXISTS ( \
        SELECT 1 FROM calendar_day n WHERE n.load_id = $1 AND n.owner = c.owner AND n.day = c.day)) AS n_changed, \
     CAST(0 AS BIGINT) AS n_closed, \
     (SELECT COUNT(*) FROM calendar_day WHERE load_id = $2) AS n_open";

pub(super) async fn compare(
    store: &Store,
    kind: Kind,
    new: LoadId,
    current: Option<LoadId>,
) -> Result<Counts> {
    let select = match kind {
        Kind::Settings => SETTINGS,
        Kind::Register => REGISTER,
        Kind::BankHolidays | Kind::Calendar => CALENDAR,
    };
    let current = current.map_or(NO_LOAD, |id| id.bytes());
    let query = sqlx::query(select).bind(new.bytes().to_vec()).bind(current.to_vec());
    let found = query.fetch_one(store.read()).await?;
    Ok(Counts {
        rows: row::int(&found, "n_rows")?,
        added: row::int(&found, "n_added")?,
        changed: row::int(&found, "n_changed")?,
        closed: row::int(&found, "n_closed")?,
        open_before: row::int(&found, "n_open")?,
        set_aside: 0,
    })
}
