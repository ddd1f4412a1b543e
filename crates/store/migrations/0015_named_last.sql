-- How many children the highest version of an incident names, beside how many were ever named: what a tally counts.
ALTER TABLE incident ADD COLUMN named_last BIGINT NOT NULL DEFAULT 0;
UPDATE incident SET named_last = children;
