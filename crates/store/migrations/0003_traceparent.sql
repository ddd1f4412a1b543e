-- The W3C trace context of the police system's event: of each version, and of the newest one for what follows from it.
-- It serves tracing only and identifies nothing.
ALTER TABLE incident ADD COLUMN traceparent TEXT;
ALTER TABLE incident_version ADD COLUMN traceparent TEXT;
