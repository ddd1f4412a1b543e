-- A force's events are numbered in the order of their commits, by its row here, and published in that order: published
-- is the last that was. So publishing an event changes no row of its own, and its key is all that finds it.
-- Numbers that were given before keep their place, since readers go on from them.
CREATE TABLE outbox_head (
    force_id TEXT NOT NULL PRIMARY KEY,
    written BIGINT NOT NULL,
    published BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO outbox_head (force_id, written, published)
SELECT force_id, COALESCE(MAX(number), 0) + COUNT(*) - COUNT(number), COALESCE(MAX(number), 0)
FROM outbox GROUP BY force_id;

CREATE TABLE outbox_by_force (
    force_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    subject_id BYTES NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (force_id, number)
) WITHOUT ROWID;
INSERT INTO outbox_by_force (force_id, number, subject_id, body, created_at)
SELECT force_id, number, subject_id, body, created_at FROM outbox WHERE number IS NOT NULL;
-- What waits comes after, the oldest subject first and each subject's in its sequence.
INSERT INTO outbox_by_force (force_id, number, subject_id, body, created_at)
SELECT outbox.force_id, outbox_head.published + ROW_NUMBER() OVER (
    PARTITION BY outbox.force_id ORDER BY waiting.since, outbox.subject_id, outbox.sequence
), outbox.subject_id, body, created_at
FROM outbox JOIN outbox_head ON outbox_head.force_id = outbox.force_id
JOIN (SELECT subject_id, MIN(created_at) AS since FROM outbox WHERE number IS NULL GROUP BY subject_id) waiting
ON waiting.subject_id = outbox.subject_id
WHERE outbox.number IS NULL;

DROP TABLE outbox;
ALTER TABLE outbox_by_force RENAME TO outbox;
