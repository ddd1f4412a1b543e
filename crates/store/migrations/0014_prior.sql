-- What the lifecycle topic says of notifications and children that this store does not know of: it was restored from a
-- copy that is older than they are. Nobody is notified again, and what was closed is not opened.
-- ended: why, while the last that is told is that it was closed or handed over. sequence: of the last event.
CREATE TABLE prior (
    subject_id BYTES NOT NULL PRIMARY KEY,
    sent_at BIGINT,
    opened_at BIGINT,
    acknowledged_at BIGINT,
    ended TEXT,
    ended_at BIGINT,
    sequence BIGINT NOT NULL,
    applied_at BIGINT
);
INSERT INTO prior (subject_id, sent_at, opened_at, acknowledged_at, sequence, applied_at)
SELECT notification_id, sent_at, opened_at, acknowledged_at, 0, applied_at FROM prior_notification;
DROP TABLE prior_notification;
