-- Indexes of the tables that every incident writes to hold only what is still open, and change only when that does:
-- a look for what is open says so in the words of its index.
DROP INDEX child_resolver;
CREATE INDEX child_unresolved ON child (due_at) WHERE wants_resolver = 1;
DROP INDEX child_state;
CREATE INDEX child_held ON child (due_at) WHERE state = 'held';

DROP INDEX notification_state;
CREATE INDEX notification_open ON notification (due_at) WHERE acknowledged_at IS NULL AND closed_at IS NULL;
DROP INDEX notification_setting;
CREATE INDEX notification_setting ON notification (setting_id);
-- A child is of one incident, and that of one force.
DROP INDEX notification_child;
DROP INDEX notification_once;
CREATE UNIQUE INDEX notification_once ON notification (child_id, setting_id);
CREATE INDEX notification_incident ON notification (incident_id);

-- Nothing is looked up by them.
DROP INDEX delivery_contact;
DROP INDEX delivery_task;
DROP INDEX delivery_link;
CREATE UNIQUE INDEX delivery_link ON delivery (link_hash) WHERE link_hash IS NOT NULL;
