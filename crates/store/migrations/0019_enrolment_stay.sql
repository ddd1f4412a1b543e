-- A child can be at one setting in two ways, or twice: on an authority's list of home-educated children and on its virtual
-- school's, in the nursery class now and in reception next term. stay: their number.
-- last_day: how ends_on is known, by the words of LastDay. Of an end of before it is not known whether a file stated it, where
-- it is also the day on which the child left altogether: a person decides until the register is loaded again.
CREATE TABLE enrolment_stay (
    load_id BYTES NOT NULL,
    entry_id BYTES NOT NULL,
    setting_id BYTES NOT NULL,
    stay BIGINT NOT NULL,
    kind TEXT NOT NULL,
    starts_on TEXT,
    ends_on TEXT,
    last_day TEXT NOT NULL,
    attendance TEXT,
    PRIMARY KEY (load_id, entry_id, setting_id, stay)
);
INSERT INTO enrolment_stay (load_id, entry_id, setting_id, stay, kind, starts_on, ends_on, last_day, attendance)
SELECT o.load_id, o.entry_id, o.setting_id, 0, o.kind, o.starts_on, o.ends_on,
    CASE WHEN EXISTS (SELECT 1 FROM register_entry e WHERE e.load_id = o.load_id AND e.entry_id = o.entry_id
        AND e.left_on = o.ends_on) THEN 'absence' ELSE 'stated' END, o.attendance FROM enrolment o;
DROP TABLE enrolment;
ALTER TABLE enrolment_stay RENAME TO enrolment;
