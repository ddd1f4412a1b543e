//! The statements that look for stuck rows, one for each kind of finding.

use super::Kind;

/// A time that a statement is given.
#[derive(Clone, Copy)]
pub(super) enum Bind {
    /// So long ago that what was due then is stuck.
    Past,
    /// So near that a person must have been asked.
    Soon,
    /// As `Past`, on the machine's clock.
    MachinePast,
}

/// A look for one kind of finding.
pub(super) struct Query {
    pub kind: Kind,
    /// What kind of row is found: the first part of the task's subject.
    pub subject: &'static str,
    pub sql: &'static str,
    pub binds: &'static [Bind],
}

/// The task waits for whoever was mailed, or is claimed by somebody whose claim has not lapsed.
macro_rules! asks {
    () => {
        "(task.state = 'open' OR (task.state = 'claimed' AND task.alerts = 0))"
    };
}

/// No person has been asked to deal with the child.
macro_rules! child_unasked {
    () => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM task WHERE task.child_id = child.id AND task.kind IN ('hold', 'call') AND ",
            asks!(),
            ")"
        )
    };
}

/// No person has been asked to deal with the notification, or its child.
macro_rules! notification_unasked {
    () => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM task WHERE task.notification_id = notification.id AND task.kind = 'call' AND ",
            asks!(),
            ") AND NOT EXISTS (SELECT 1 FROM task WHERE task.child_id = notification.child_id \
             AND task.kind = 'hold' AND ",
            asks!(),
            ")"
        )
    };
}

macro_rules! child {
    ($condition:expr) => {
        concat!(
            "SELECT id, force_id, due_at, incident_id, id AS child_id, NULL AS notification_id FROM child WHERE ",
            $condition,
            " ORDER BY due_at LIMIT 1000"
        )
    };
}

macro_rules! notification {
    ($condition:expr) => {
        concat!(
            "SELECT id, force_id, due_at, incident_id, child_id, id AS notification_id FROM notification \
             WHERE acknowledged_at IS NULL AND closed_at IS NULL AND ",
            $condition,
            " ORDER BY due_at LIMIT 1000"
        )
    };
}

macro_rules! delivery {
    ($condition:expr) => {
        concat!(
            "SELECT id, force_id, COALESCE(due_at, created_at) AS due_at, incident_id, NULL AS child_id, \
             NULL AS notification_id FROM delivery WHERE ",
            $condition,
            " LIMIT 1000"
        )
    };
}

/// How many of a kind a statement finds at most.
pub(super) const MOST: usize = 1000;

/// All looks, the most urgent first: of several findings about one row the first is kept.
pub(super) const ALL: &[Query] = &[
    Query {
        kind: Kind::ChildUntold,
        subject: "child",
        sql: child!(concat!("state = 'held' AND due_at <= $1 AND created_at <= $2 AND ", child_unasked!())),
        binds: &[Bind::Soon, Bind::Past],
    },
    Query {
        kind: Kind::NotificationUntold,
        subject: "notification",
        sql: notification!(concat!(
            "state IN ('waiting', 'sent') AND told_at IS NULL AND due_at <= $1 AND created_at <= $2 AND ",
            notification_unasked!()
        )),
        binds: &[Bind::Soon, Bind::Past],
    },
    Query {
        kind: Kind::ChildOverdue,
        subject: "child",
        sql: child!(concat!("state = 'held' AND next_at <= $1 AND ", child_unasked!())),
        binds: &[Bind::Past],
    },
    Query {
        kind: Kind::NotificationOverdue,
        subject: "notification",
        sql: notification!(concat!(
            "state IN ('waiting', 'sent', 'opened') AND next_at <= $1 AND (call_at IS NULL OR call_at <= $1) \
             AND NOT EXISTS (SELECT 1 FROM delivery_notification JOIN delivery \
             ON delivery.id = delivery_notification.delivery_id WHERE delivery.state IN ('queued', 'sending') \
             AND delivery_notification.notification_id = notification.id) AND ",
            notification_unasked!()
        )),
        binds: &[Bind::Past],
    },
    Query {
        kind: Kind::ChildTimeless,
        subject: "child",
        sql: child!("state = 'held' AND next_at IS NULL"),
        binds: &[],
    },
    Query {
        kind: Kind::NotificationTimeless,
        subject: "notification",
        sql: notification!("state IN ('waiting', 'sent', 'opened') AND next_at IS NULL"),
        binds: &[],
    },
    Query {
        kind: Kind::DeliveryOverdue,
        subject: "delivery",
        sql: delivery!("state = 'queued' AND next_at <= $1"),
        binds: &[Bind::Past],
    },
    Query {
        kind: Kind::DeliveryLeaseOver,
        subject: "delivery",
        sql: delivery!("state = 'sending' AND lease_until <= $1"),
        binds: &[Bind::MachinePast],
    },
    Query {
        kind: Kind::DeliveryUnknown,
        subject: "delivery",
        sql: delivery!("state IN ('queued', 'sending') AND unknowns >= 2"),
        binds: &[],
    },
    Query {
        kind: Kind::DeliveryTimeless,
        subject: "delivery",
        sql: delivery!(
            "(state = 'queued' AND next_at IS NULL) OR (state = 'sending' AND lease_until IS NULL) \
             OR (state IN ('queued', 'sending') AND kind = 'notice' AND due_at IS NULL)"
        ),
        binds: &[],
    },
    Query {
        kind: Kind::RefusedUnasked,
        subject: "refused",
        sql: "SELECT id, force_id, due_at, NULL AS incident_id, NULL AS child_id, NULL AS notification_id FROM refused \
              WHERE state = 'open' AND received_at <= $1 AND NOT EXISTS (SELECT 1 FROM task \
              WHERE task.refused_id = refused.id AND task.state IN ('open', 'claimed')) ORDER BY due_at LIMIT 1000",
        binds: &[Bind::Past],
    },
    Query {
        kind: Kind::TaskOverdue,
        subject: "task",
        sql: "SELECT id, force_id, due_at, incident_id, child_id, notification_id FROM task \
              WHERE next_at IS NOT NULL AND next_at <= $1 AND state <> 'settled' AND kind <> 'stuck' \
              ORDER BY next_at LIMIT 1000",
        binds: &[Bind::Past],
    },
    Query {
        kind: Kind::TaskUnsettled,
        subject: "task",
        sql: "SELECT id, force_id, due_at, incident_id, child_id, notification_id FROM task \
              WHERE state IN ('open', 'claimed') AND kind <> 'stuck' \
              AND (next_at IS NULL OR (state = 'claimed' AND alerts > 1)) ORDER BY due_at LIMIT 1000",
        binds: &[],
    },
];
