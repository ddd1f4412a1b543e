//! The account (promise 1): every child of every accepted incident in exactly one valid state, finished or
//! with a next time; every message read accounted for; every refused message before a person.

use std::collections::BTreeMap;

use encompass_core::state::ChildState;
use jiff::Timestamp;

use crate::db::row;
use crate::{Result, Store};

/// What may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// Children that incidents name, against rows of children.
    Children,
    /// Children whose state contradicts itself or their notifications.
    ChildState,
    /// Open children without a next time.
    ChildNext,
    /// Children told, against their notifications told.
    ChildTold,
    /// Notifications whose state contradicts their times.
    NotificationState,
    /// Open notifications without a next time.
    NotificationNext,
    /// Messages read, against accepted, repeated and refused ones.
    Messages,
    /// Refused messages that are open, against the tasks about them.
    Refused,
}

impl Difference {
    /// Every one.
    pub const ALL: &'static [Self] = &[
        Self::Children,
        Self::ChildState,
        Self::ChildNext,
        Self::ChildTold,
        Self::NotificationState,
        Self::NotificationNext,
        Self::Messages,
        Self::Refused,
    ];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Children => "children",
            Self::ChildState => "child_state",
            Self::ChildNext => "child_next",
            Self::ChildTold => "child_told",
            Self::NotificationState => "notification_state",
            Self::NotificationNext => "notification_next",
            Self::Messages => "messages",
            Self::Refused => "refused",
        }
    }
}

/// The account over a span of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Incidents accepted.
    pub incidents: i64,
    /// Children that they name.
    pub children: i64,
    /// Where the children stand.
    pub states: BTreeMap<ChildState, i64>,
    /// Messages read from topics since the installation began.
    pub messages: i64,
    /// Refused messages that wait for a person.
    pub refused: i64,
    /// What differs, by how much; a difference of nothing stands here as 0.
    pub differences: BTreeMap<Difference, i64>,
}

impl Account {
    /// Whether nothing differs.
    pub fn is_balanced(&self) -> bool {
        self.differences.values().all(|difference| *difference == 0)
    }

    fn differs(&mut self, what: Difference, by: i64) {
        *self.differences.entry(what).or_insert(0) += by;
    }
}

/// Reconciles what was received, or is due, since `since`; what is still held is in it whatever its age.
/// `Timestamp::MIN` reconciles everything there ever was.
///
/// # Errors
/// As the database says.
pub async fn reconcile(store: &Store, since: Timestamp) -> Result<Account> {
    let mut account = Account::default();
    for what in Difference::ALL {
        account.differs(*what, 0);
    }
    for force in super::forces(store).await? {
        incidents(store, &force, since, &mut account).await?;
        states(store, &force, since, &mut account).await?;
        for &(what, select) in COUNTS {
            let count = sqlx::query(select)
                .bind(force.clone())
                .bind(since.as_microsecond())
                .fetch_one(store.read())
                .await?;
            account.differs(what, row::int(&count, "n")?);
        }
    }
    messages(store, &mut account).await?;
    refused(store, &mut account).await?;
    Ok(account)
}

async fn incidents(store: &Store, force: &str, since: Timestamp, account: &mut Account) -> Result<()> {
    let select = "SELECT COUNT(*) AS n, CAST(COALESCE(SUM(named), 0) AS BIGINT) AS named, \
         CAST(COALESCE(SUM(ABS(named - stored)), 0) AS BIGINT) AS difference FROM (SELECT children AS named, \
         (SELECT COUNT(*) FROM child WHERE child.incident_id = incident.id) AS stored FROM incident \
         WHERE force_id = $1 AND received_at >= $2) counted";
    let found = sqlx::query(select)
        .bind(force.to_owned())
        .bind(since.as_microsecond())
        .fetch_one(store.read())
        .await?;
    account.incidents += row::int(&found, "n")?;
    account.children += row::int(&found, "named")?;
    account.differs(Difference::Children, row::int(&found, "difference")?);
    Ok(())
}

async fn states(store: &Store, force: &str, since: Timestamp, account: &mut Account) -> Result<()> {
    let select = "SELECT child.state AS state, COUNT(*) AS n FROM incident \
         JOIN child ON child.incident_id = incident.id WHERE incident.force_id = $1 AND incident.received_at >= $2 \
         GROUP BY child.state";
    let rows = sqlx::query(select)
        .bind(force.to_owned())
        .bind(since.as_microsecond())
        .fetch_all(store.read())
        .await?;
    for found in &rows {
        match row::text(found, "state")?.parse::<ChildState>() {
            Ok(state) => *account.states.entry(state).or_insert(0) += row::int(found, "n")?,
            Err(_) => account.differs(Difference::ChildState, row::int(found, "n")?),
        }
    }
    Ok(())
}

/// A count over the children of a force that are due since, or are still held.
macro_rules! children {
    ($condition:literal) => {
        concat!(
            "SELECT COUNT(*) AS n FROM (SELECT * FROM child WHERE force_id = $1 AND due_at >= $2 UNION ALL \
             SELECT * FROM child WHERE state = 'held' AND due_at < $2 AND force_id = $1) looked WHERE ",
            $condition
        )
    };
}

/// A count over the notifications of a force that are due since.
macro_rules! notifications {
    ($condition:literal) => {
        concat!(
            "SELECT COUNT(*) AS n FROM notification WHERE force_id = $1 AND due_at >= $2 AND ",
            $condition
        )
    };
}

/// What must not be there. A child stays `notified` for as long as one of its notifications stands or was told.
const COUNTS: &[(Difference, &str)] = &[
    (
        Difference::ChildState,
        children!(
            "(state = 'held' AND (hold IS NULL OR reason IS NOT NULL OR closed_at IS NOT NULL \
             OR EXISTS (SELECT 1 FROM notification WHERE notification.child_id = looked.id \
             AND notification.state <> 'closed'))) \
             OR (state = 'notified' AND (reason IS NOT NULL OR closed_at IS NOT NULL \
             OR NOT EXISTS (SELECT 1 FROM notification WHERE notification.child_id = looked.id \
             AND (notification.state <> 'closed' OR notification.told_at IS NOT NULL)))) \
             OR (state = 'handed_over' AND hold IS NOT NULL) \
             OR (state = 'closed' AND (hold IS NOT NULL OR reason IS NULL OR closed_at IS NULL \
             OR EXISTS (SELECT 1 FROM notification WHERE notification.child_id = looked.id \
             AND notification.state <> 'closed' AND notification.told_at IS NULL)))"
        ),
    ),
    (
        Difference::ChildNext,
        children!(
            "next_at IS NULL AND (state = 'held' OR (state = 'notified' AND EXISTS (SELECT 1 FROM notification \
             WHERE notification.child_id = looked.id AND notification.state IN ('waiting', 'sent', 'opened'))))"
        ),
    ),
    (
        Difference::ChildTold,
        children!(
            "(told_at IS NULL AND EXISTS (SELECT 1 FROM notification WHERE notification.child_id = looked.id \
             AND notification.told_at IS NOT NULL AND notification.state <> 'closed')) \
             OR (told_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM notification \
             WHERE notification.child_id = looked.id AND notification.told_at IS NOT NULL \
             AND notification.state <> 'closed'))"
        ),
    ),
    (
        Difference::NotificationState,
        notifications!(
            "NOT ((state = 'acknowledged' AND acknowledged_at IS NOT NULL AND told_at IS NOT NULL AND ended IS NULL) \
             OR (state = 'closed' AND ended IS NOT NULL AND closed_at IS NOT NULL) \
             OR (acknowledged_at IS NULL AND closed_at IS NULL AND ended IS NULL \
             AND ((state = 'waiting' AND told_at IS NULL) \
             OR (state = 'sent' AND sent_at IS NOT NULL AND told_at IS NULL) \
             OR (state = 'opened' AND opened_at IS NOT NULL AND told_at IS NOT NULL))))"
        ),
    ),
    (
        Difference::NotificationNext,
        notifications!("next_at IS NULL AND state IN ('waiting', 'sent', 'opened')"),
    ),
];

async fn messages(store: &Store, account: &mut Account) -> Result<()> {
    let select = "SELECT CAST(COALESCE(SUM(read_count), 0) AS BIGINT) AS n, CAST(COALESCE(SUM(ABS(read_count \
         - accepted_count - repeated_count - refused_count)), 0) AS BIGINT) AS difference FROM position";
    let found = sqlx::query(select).fetch_one(store.read()).await?;
    account.messages = row::int(&found, "n")?;
    account.differs(Difference::Messages, row::int(&found, "difference")?);
    Ok(())
}

async fn refused(store: &Store, account: &mut Account) -> Result<()> {
    let select = "SELECT COUNT(*) AS n, CAST(COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM task \
         WHERE task.refused_id = refused.id AND task.state IN ('open', 'claimed')) THEN 0 ELSE 1 END), 0) AS BIGINT) \
         AS difference FROM refused WHERE state = 'open'";
    let found = sqlx::query(select).fetch_one(store.read()).await?;
    account.refused = row::int(&found, "n")?;
    account.differs(Difference::Refused, row::int(&found, "difference")?);
    Ok(())
}
