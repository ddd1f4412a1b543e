-- Judgements that two entries of registers are one person, or are not, with the pair in the order of its ids. The one
-- that has not ended holds. None is removed or changed otherwise, so that every one can be taken back.
CREATE TABLE identity_judgement (
    id BYTES PRIMARY KEY,
    one_id BYTES NOT NULL,
    other_id BYTES NOT NULL,
    is_same BIGINT NOT NULL,
    basis TEXT NOT NULL,
    judged_at BIGINT NOT NULL,
    judged_by TEXT NOT NULL,
    ended_at BIGINT,
    ended_by TEXT
);
CREATE UNIQUE INDEX identity_judgement_pair ON identity_judgement (one_id, other_id) WHERE ended_at IS NULL;
