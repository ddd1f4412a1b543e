-- Who else may see a child: whoever accepted it when it was handed over. A grant adds a reader, it moves no row.
-- granted_to: a force of this installation, or 'elsewhere' for one that has no desk here.
CREATE TABLE child_grant (
    force_id TEXT NOT NULL,
    child_id BYTES NOT NULL REFERENCES child (id),
    granted_to TEXT NOT NULL,
    granted_at BIGINT NOT NULL,
    granted_by TEXT NOT NULL,
    PRIMARY KEY (child_id, granted_to)
);
CREATE INDEX child_grant_to ON child_grant (granted_to);
