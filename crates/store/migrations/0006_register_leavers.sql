-- left_on: the last day on which the register had the child on roll; null while it has. doubtful: 1 where something that
-- a file said of the child could not be read, so that the entry decides nothing by itself.
ALTER TABLE register_entry ADD COLUMN left_on TEXT;
ALTER TABLE register_entry ADD COLUMN doubtful BIGINT NOT NULL DEFAULT 0;
-- When in the week: full_time, part_time, or half-days such as `mon tue_am`.
ALTER TABLE enrolment ADD COLUMN attendance TEXT;
