-- A child of whom a register says that it is for named people only, whatever else it is held for, and whoever has decided
-- on it since. Where the resolver held it for that reason, the register said so.
ALTER TABLE child ADD COLUMN is_restricted BIGINT NOT NULL DEFAULT 0;
UPDATE child SET is_restricted = 1 WHERE id IN (SELECT r.child_id FROM resolution r WHERE r.reason = 'restricted'
    AND NOT EXISTS (SELECT 1 FROM resolution l WHERE l.child_id = r.child_id AND l.decided_by = 'service:resolver'
    AND l.decided_at > r.decided_at));
-- Where another reason stood first only the sealed evidence knows: the resolver looks again at whoever is held and not in
-- somebody's hands. As after a load, never at whom a person decides on: of whom something was told, or was to be; who was
-- sent back or restored; whose news is thirty days old.
UPDATE child SET wants_resolver = 1 WHERE state = 'held'
    AND hold IN ('no_register', 'register_stale', 'no_match', 'unsure', 'several_matches', 'unconfirmed', 'namesake',
    'no_enrolment', 'enrolment_ended', 'implausible_age', 'settings_disagree', 'nothing_to_look_up', 'switched_off',
    'restricted', 'connected_adult', 'protected_address', 'not_to_be_notified', 'unborn', 'maybe_adult', 'guard_unread')
    AND due_at > (SELECT MAX(received_at) FROM incident) - 2592000000000
    AND NOT EXISTS (SELECT 1 FROM notification WHERE notification.child_id = child.id)
    AND NOT EXISTS (SELECT 1 FROM task WHERE task.child_id = child.id AND task.kind = 'hold' AND task.state <> 'settled'
    AND (task.state = 'claimed' OR task.detail = 'asked'));
