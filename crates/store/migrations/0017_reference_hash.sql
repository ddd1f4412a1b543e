-- An incident's id begins with the time at which its first message arrived, so that new rows lie together in every index;
-- it is found again by the keyed hash of force and reference, which was the id until now.
ALTER TABLE incident ADD COLUMN reference_hash BYTES NOT NULL DEFAULT '';
UPDATE incident SET reference_hash = id;
CREATE UNIQUE INDEX incident_reference ON incident (reference_hash);

-- Which id the lifecycle topic has for an incident that this store does not know of: a store that was restored from an
-- older copy gives it the same one, whichever of its versions comes first now.
CREATE TABLE prior_incident (
    reference_hash BYTES NOT NULL PRIMARY KEY,
    incident_id BYTES NOT NULL
);
