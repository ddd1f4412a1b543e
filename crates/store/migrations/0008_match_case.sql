-- Children of whom a person said who they are on a register: what the score of the best candidate was, and whether that
-- was the child. These show how far matches may be sent without a person. score and is_right are of the parameters
-- named. origin: desk (held, then decided), review (matched by itself, looked at afterwards), history (decided before
-- this service). right_entry: whom the person named; null: nobody on the register. Scores are millionths of a natural
-- logarithm of odds. No personal data.
CREATE TABLE match_case (
    force_id TEXT NOT NULL,
    register_id BYTES NOT NULL,
    case_id BYTES NOT NULL,
    origin TEXT NOT NULL,
    score BIGINT NOT NULL,
    is_right BIGINT NOT NULL,
    right_entry BYTES,
    parameters TEXT NOT NULL,
    decided_at BIGINT NOT NULL,
    decided_by TEXT NOT NULL,
    PRIMARY KEY (force_id, register_id, case_id)
);
CREATE INDEX match_case_newest ON match_case (force_id, register_id, decided_at);

-- Matches that were sent without a person and are put to a reviewer afterwards. verdict: right, wrong, cannot_say.
CREATE TABLE match_review (
    force_id TEXT NOT NULL,
    child_id BYTES NOT NULL REFERENCES child (id),
    resolution_id BYTES NOT NULL,
    drawn_at BIGINT NOT NULL,
    verdict TEXT,
    reviewed_at BIGINT,
    reviewed_by TEXT,
    PRIMARY KEY (child_id)
);
CREATE INDEX match_review_open ON match_review (force_id, drawn_at) WHERE verdict IS NULL;

-- How far matches are sent without a person, per force and register. The one that has not ended holds; none is removed.
-- mode: earned (as decided cases have it), by_hand (as a named person has it, for a reason), off (nothing, not even exact
-- agreement). threshold: the lowest score, null for exact agreement only. cases, wrong and lower_bound (millionths) are
-- what it rested on.
CREATE TABLE automatic (
    id BYTES PRIMARY KEY,
    force_id TEXT NOT NULL,
    register_id BYTES NOT NULL,
    mode TEXT NOT NULL,
    threshold BIGINT,
    cases BIGINT NOT NULL,
    wrong BIGINT NOT NULL,
    lower_bound BIGINT NOT NULL,
    set_at BIGINT NOT NULL,
    set_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX automatic_standing ON automatic (force_id, register_id) WHERE ended_at IS NULL;

-- The parameters that matches are weighed with: the newest holds, and while there is none those that come with the
-- program. id: a print of the body.
CREATE TABLE match_parameters (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    adopted_at BIGINT NOT NULL,
    adopted_by TEXT NOT NULL,
    reason TEXT NOT NULL
);
