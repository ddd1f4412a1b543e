-- What officers know a setting by besides its record: the street, the place on the national grid in metres, and other
-- names (JSON list of kind and name), such as those of closed settings whose place it took.
CREATE TABLE setting_detail (
    load_id BYTES NOT NULL REFERENCES load (id),
    setting_id BYTES NOT NULL REFERENCES setting (id),
    street TEXT,
    locality TEXT,
    easting BIGINT,
    northing BIGINT,
    also TEXT NOT NULL,
    PRIMARY KEY (load_id, setting_id)
);
