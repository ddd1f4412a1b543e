-- A child of whom a register says that it is for named people only, whatever else it is held for, and whoever has decided
-- on it since. Where the resolver held it for that reason, the register said so.
ALTER TABLE child ADD COLUMN is_restricted BIGINT NOT NULL DEFAULT 0;
UPDATE child SET is_restricted = 1 WHERE id IN (SELECT r.child_id FROM resolution r WHERE r.reason = 'restricted'
    AND NOT EXISTS (SELECT 1 FROM resolution l WHERE l.child_id = r.child_id AND l.decided_by = 'service:resolver'
    AND l.decided_at > r.decided_at));
-- Where another reason stood first only the sealed evidence knows: the resolver looks again at whoever is held and not in
-- somebody's hands.
UPDATE child SET wants_resolver = 1 WHERE state = 'held' AND NOT EXISTS (SELECT 1 FROM task
    WHERE task.child_id = child.id AND task.kind = 'hold' AND task.state <> 'settled'
    AND (task.state = 'claimed' OR task.detail = 'asked'));
