-- joined_at: when the children of a register's version were looked for in the other registers of its forces; null until
-- that is done, so that a load that was cut off after it was made current is joined by the next.
ALTER TABLE load ADD COLUMN joined_at BIGINT;
UPDATE load SET joined_at = current_at WHERE kind = 'register' AND current_at IS NOT NULL;
