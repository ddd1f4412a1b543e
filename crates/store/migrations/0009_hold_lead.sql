-- The authority's officer who answers for the home of a held child, where the routing table names one.
CREATE TABLE home_officer (
    force_id TEXT NOT NULL,
    child_id BYTES PRIMARY KEY REFERENCES child (id),
    setting_id BYTES NOT NULL REFERENCES setting (id)
);

-- Lead times before a held child's due time at which somebody was alerted again. told: how many contacts of the
-- authority's officer were mailed, at the last one. A due time that moves begins anew.
CREATE TABLE hold_lead (
    force_id TEXT NOT NULL,
    child_id BYTES NOT NULL REFERENCES child (id),
    due_at BIGINT NOT NULL,
    lead_seconds BIGINT NOT NULL,
    alerted_at BIGINT NOT NULL,
    told BIGINT NOT NULL,
    PRIMARY KEY (child_id, due_at, lead_seconds)
);
