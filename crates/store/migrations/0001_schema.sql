-- The whole schema, in what SQLite and PostgreSQL share. BYTES stands for BLOB or BYTEA and is replaced
-- when the migration is applied. Instants are UTC microseconds that the caller passes in. Ids are 16 bytes.
-- Columns named sealed_* are envelopes (format, key id, ciphertext); nothing filters, sorts or joins on them.

-- Which key sealed this store: a wrong key is refused at start, before it seals anything.
CREATE TABLE installation (
    id BIGINT PRIMARY KEY,
    created_at BIGINT NOT NULL,
    key_check BYTES NOT NULL
);

-- ---- Directory: common to all forces -------------------------------------------------------------

-- One version of a source (directory, calendar, register). Rows are written under a load that nobody
-- reads yet; one commit makes it current. content_hash: of all its rows, to know the same file again.
CREATE TABLE load (
    id BYTES PRIMARY KEY,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    current_at BIGINT,
    as_of BIGINT NOT NULL,
    loaded_by TEXT NOT NULL,
    content_hash BYTES,
    report TEXT NOT NULL
);
CREATE UNIQUE INDEX load_current ON load (kind, source) WHERE state = 'current';

CREATE TABLE setting (
    id BYTES PRIMARY KEY,
    created_at BIGINT NOT NULL
);

CREATE TABLE setting_identifier (
    scheme TEXT NOT NULL,
    value TEXT NOT NULL,
    setting_id BYTES NOT NULL REFERENCES setting (id),
    valid_from TEXT,
    valid_to TEXT,
    PRIMARY KEY (scheme, value)
);
CREATE INDEX setting_identifier_setting ON setting_identifier (setting_id);

CREATE TABLE setting_record (
    load_id BYTES NOT NULL REFERENCES load (id),
    setting_id BYTES NOT NULL REFERENCES setting (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    is_open BIGINT NOT NULL,
    closed_on TEXT,
    authority TEXT,
    follows_authority BIGINT NOT NULL,
    town TEXT,
    postcode TEXT,
    telephone TEXT,
    opens_at_minute BIGINT,
    low_age BIGINT,
    high_age BIGINT,
    serves TEXT,
    row_hash BYTES NOT NULL,
    PRIMARY KEY (setting_id, load_id)
);
CREATE INDEX setting_record_load ON setting_record (load_id);
CREATE INDEX setting_record_name ON setting_record (name_key);

-- owner: 'bank_holidays', 'authority:CODE' or 'setting:UUID'. day: ISO date. kind: closed, inset, open.
CREATE TABLE calendar_day (
    load_id BYTES NOT NULL REFERENCES load (id),
    owner TEXT NOT NULL,
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (owner, day, load_id)
);
CREATE INDEX calendar_day_load ON calendar_day (load_id);

CREATE TABLE contact (
    id BYTES PRIMARY KEY,
    setting_id BYTES NOT NULL REFERENCES setting (id),
    place BIGINT NOT NULL,
    role TEXT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    sealed_person BYTES NOT NULL,
    address_hash BYTES NOT NULL,
    name_hash BYTES NOT NULL,
    created_at BIGINT NOT NULL,
    verified_at BIGINT,
    verified_how TEXT,
    verification_hash BYTES,
    verification_until BIGINT,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX contact_address ON contact (setting_id, channel, address_hash) WHERE state <> 'retired';
CREATE INDEX contact_setting ON contact (setting_id, place);
CREATE INDEX contact_by_address ON contact (address_hash);
CREATE INDEX contact_by_name ON contact (name_hash);
CREATE INDEX contact_verification ON contact (verification_hash);

-- Eligibility is per force. eligible_from: the first day on which it may be told, such as after training.
CREATE TABLE contact_force (
    contact_id BYTES NOT NULL REFERENCES contact (id),
    force_id TEXT NOT NULL,
    eligible_from TEXT,
    PRIMARY KEY (contact_id, force_id)
);

-- ---- Registers: each belongs to its owner and is licensed to named forces -------------------------

CREATE TABLE register (
    id BYTES PRIMARY KEY,
    source TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    max_age_days BIGINT NOT NULL,
    wrapped_key BYTES NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE register_force (
    register_id BYTES NOT NULL REFERENCES register (id),
    force_id TEXT NOT NULL,
    PRIMARY KEY (register_id, force_id)
);

CREATE TABLE register_entry (
    load_id BYTES NOT NULL REFERENCES load (id),
    entry_id BYTES NOT NULL,
    restricted BIGINT NOT NULL,
    row_hash BYTES NOT NULL,
    sealed_entry BYTES NOT NULL,
    PRIMARY KEY (load_id, entry_id)
);

-- Keyed hashes under which an entry is found: what is hashed is named by the key's label.
CREATE TABLE register_key (
    load_id BYTES NOT NULL,
    hash BYTES NOT NULL,
    entry_id BYTES NOT NULL,
    PRIMARY KEY (hash, load_id, entry_id)
);
CREATE INDEX register_key_entry ON register_key (load_id, entry_id);

CREATE TABLE enrolment (
    load_id BYTES NOT NULL,
    entry_id BYTES NOT NULL,
    setting_id BYTES NOT NULL,
    kind TEXT NOT NULL,
    starts_on TEXT,
    ends_on TEXT,
    PRIMARY KEY (load_id, entry_id, setting_id)
);

-- ---- Intake ----------------------------------------------------------------------------------------

-- Where reading goes on. fingerprint: hash of the last record taken, to know a topic that was made anew.
-- The counts account for every message that moved the position.
CREATE TABLE position (
    topic TEXT NOT NULL,
    part BIGINT NOT NULL,
    next_offset BIGINT NOT NULL,
    fingerprint BYTES,
    read_count BIGINT NOT NULL,
    accepted_count BIGINT NOT NULL,
    repeated_count BIGINT NOT NULL,
    refused_count BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (topic, part)
);

CREATE TABLE incident (
    id BYTES PRIMARY KEY,
    force_id TEXT NOT NULL,
    reference TEXT,
    wrapped_key BYTES,
    latest_version BIGINT NOT NULL,
    is_withdrawn BIGINT NOT NULL,
    is_restricted BIGINT NOT NULL,
    is_exercise BIGINT NOT NULL,
    is_history BIGINT NOT NULL,
    children BIGINT NOT NULL,
    known_at BIGINT NOT NULL,
    known_by TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    recorded_at BIGINT,
    published_at BIGINT,
    event_sequence BIGINT NOT NULL,
    erased_at BIGINT
);
CREATE INDEX incident_force ON incident (force_id, received_at);

CREATE TABLE incident_version (
    force_id TEXT NOT NULL,
    incident_id BYTES NOT NULL REFERENCES incident (id),
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    content_hash BYTES NOT NULL,
    sealed_body BYTES NOT NULL,
    marks TEXT NOT NULL,
    mark_count BIGINT NOT NULL,
    known_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    source TEXT NOT NULL,
    repeats BIGINT NOT NULL,
    PRIMARY KEY (incident_id, version)
);

CREATE TABLE refused (
    id BYTES PRIMARY KEY,
    force_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    pointer TEXT,
    source TEXT NOT NULL,
    topic TEXT,
    part BIGINT,
    message_offset BIGINT,
    wrapped_key BYTES NOT NULL,
    sealed_message BYTES NOT NULL,
    received_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    settled_at BIGINT,
    settled_by TEXT,
    sealed_note BYTES,
    mirrored_at BIGINT
);
CREATE INDEX refused_state ON refused (state, due_at);
CREATE INDEX refused_unmirrored ON refused (received_at) WHERE mirrored_at IS NULL;

-- What a force counted on a day (Europe/London), beside what came of it.
CREATE TABLE tally (
    force_id TEXT NOT NULL,
    day TEXT NOT NULL,
    recorded BIGINT,
    with_children BIGINT,
    children BIGINT,
    published BIGINT,
    came_with_children BIGINT,
    came_children BIGINT,
    came_published BIGINT,
    received_at BIGINT NOT NULL,
    compared_at BIGINT,
    PRIMARY KEY (force_id, day)
);
CREATE INDEX tally_uncompared ON tally (received_at) WHERE compared_at IS NULL;

-- ---- Children, resolutions, notifications -----------------------------------------------------------

-- next_at: when something will happen to an open child. wants_resolver: 1 while the resolver should look.
CREATE TABLE child (
    id BYTES PRIMARY KEY,
    force_id TEXT NOT NULL,
    incident_id BYTES NOT NULL REFERENCES incident (id),
    sealed_ref BYTES NOT NULL,
    place BIGINT NOT NULL,
    state TEXT NOT NULL,
    hold TEXT,
    reason TEXT,
    named_in BIGINT NOT NULL,
    wants_resolver BIGINT NOT NULL,
    known_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    is_provisional BIGINT NOT NULL,
    next_at BIGINT,
    created_at BIGINT NOT NULL,
    told_at BIGINT,
    closed_at BIGINT,
    closed_by TEXT
);
CREATE INDEX child_resolver ON child (wants_resolver, due_at);
CREATE INDEX child_state ON child (state, due_at);
CREATE INDEX child_incident ON child (incident_id);
CREATE INDEX child_due ON child (force_id, due_at);

CREATE TABLE resolution (
    id BYTES PRIMARY KEY,
    force_id TEXT NOT NULL,
    child_id BYTES NOT NULL REFERENCES child (id),
    kind TEXT NOT NULL,
    reason TEXT,
    decided_at BIGINT NOT NULL,
    decided_by TEXT NOT NULL,
    incident_version BIGINT NOT NULL,
    rules_version TEXT NOT NULL,
    register_load BYTES,
    directory_load BYTES,
    sealed_evidence BYTES NOT NULL
);
CREATE INDEX resolution_child ON resolution (child_id, decided_at);

CREATE TABLE exclusion (
    force_id TEXT NOT NULL,
    child_id BYTES NOT NULL REFERENCES child (id),
    setting_id BYTES NOT NULL,
    reason TEXT NOT NULL,
    excluded_at BIGINT NOT NULL,
    PRIMARY KEY (child_id, setting_id)
);

CREATE TABLE notification (
    id BYTES PRIMARY KEY,
    force_id TEXT NOT NULL,
    incident_id BYTES NOT NULL REFERENCES incident (id),
    child_id BYTES NOT NULL REFERENCES child (id),
    setting_id BYTES NOT NULL REFERENCES setting (id),
    setting_kind TEXT NOT NULL,
    authority TEXT,
    resolution_id BYTES NOT NULL,
    legal_basis TEXT NOT NULL,
    state TEXT NOT NULL,
    ended TEXT,
    cause TEXT,
    is_history BIGINT NOT NULL,
    known_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    call_at BIGINT,
    next_at BIGINT,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    opened_at BIGINT,
    acknowledged_at BIGINT,
    told_at BIGINT,
    told_how TEXT,
    version_told BIGINT,
    closed_at BIGINT
);
CREATE UNIQUE INDEX notification_once ON notification (force_id, incident_id, child_id, setting_id);
CREATE INDEX notification_state ON notification (state, due_at);
CREATE INDEX notification_call ON notification (call_at) WHERE call_at IS NOT NULL;
CREATE INDEX notification_child ON notification (child_id);
CREATE INDEX notification_setting ON notification (setting_id, state);
CREATE INDEX notification_due ON notification (force_id, due_at);

-- Every due time a child or a notification ever had, with its reasoning.
CREATE TABLE due_value (
    force_id TEXT NOT NULL,
    subject_id BYTES NOT NULL,
    set_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    is_provisional BIGINT NOT NULL,
    reasoning TEXT NOT NULL,
    PRIMARY KEY (subject_id, set_at, due_at)
);

-- ---- Deliveries --------------------------------------------------------------------------------------

-- relay: the SMTP relay or webhook host that it goes through, so that sends at once can be limited per relay.
-- link_hash: hash of the link's token; the token itself is only in the sealed body.
CREATE TABLE delivery (
    id BYTES PRIMARY KEY,
    force_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    incident_id BYTES,
    setting_id BYTES,
    contact_id BYTES,
    task_id BYTES,
    round BIGINT NOT NULL,
    priority BIGINT NOT NULL,
    state TEXT NOT NULL,
    message_id TEXT NOT NULL,
    sealed_body BYTES NOT NULL,
    link_hash BYTES,
    link_until BIGINT,
    due_at BIGINT,
    next_at BIGINT,
    created_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    unknowns BIGINT NOT NULL,
    claim BIGINT NOT NULL,
    lease_until BIGINT,
    lease_by TEXT,
    last_class TEXT,
    accepted_at BIGINT
);
CREATE INDEX delivery_queue ON delivery (state, priority, next_at);
CREATE INDEX delivery_incident ON delivery (incident_id);
CREATE INDEX delivery_contact ON delivery (contact_id);
CREATE INDEX delivery_task ON delivery (task_id);
CREATE UNIQUE INDEX delivery_link ON delivery (link_hash);

CREATE TABLE delivery_notification (
    delivery_id BYTES NOT NULL REFERENCES delivery (id),
    notification_id BYTES NOT NULL REFERENCES notification (id),
    PRIMARY KEY (delivery_id, notification_id)
);
CREATE INDEX delivery_notification_back ON delivery_notification (notification_id);

CREATE TABLE attempt (
    delivery_id BYTES NOT NULL REFERENCES delivery (id),
    claim BIGINT NOT NULL,
    force_id TEXT NOT NULL,
    state TEXT NOT NULL,
    class TEXT,
    code TEXT,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (delivery_id, claim)
);
CREATE INDEX attempt_unknown ON attempt (force_id) WHERE state = 'unknown';

-- ---- Portal ------------------------------------------------------------------------------------------

CREATE TABLE passcode (
    browser_hash BYTES PRIMARY KEY,
    contact_id BYTES NOT NULL REFERENCES contact (id),
    purpose TEXT NOT NULL,
    code_hash BYTES NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX passcode_contact ON passcode (contact_id, created_at);

CREATE TABLE portal_session (
    token_hash BYTES PRIMARY KEY,
    contact_id BYTES NOT NULL REFERENCES contact (id),
    sealed_reader BYTES,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);

-- ---- Tasks -------------------------------------------------------------------------------------------

-- subject: what the task is about, as kind:id, so that the same work is asked for once.
CREATE TABLE task (
    id BYTES PRIMARY KEY,
    force_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    authority TEXT,
    incident_id BYTES,
    child_id BYTES,
    notification_id BYTES,
    setting_id BYTES,
    contact_id BYTES,
    refused_id BYTES,
    detail TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    claimed_at BIGINT,
    claimed_by TEXT,
    settled_at BIGINT,
    settled_by TEXT,
    settled_how TEXT,
    sealed_note BYTES,
    next_at BIGINT,
    alerts BIGINT NOT NULL
);
CREATE UNIQUE INDEX task_once ON task (force_id, kind, subject) WHERE state <> 'settled';
CREATE INDEX task_state ON task (state, due_at);
CREATE INDEX task_next ON task (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX task_child ON task (child_id);
CREATE INDEX task_notification ON task (notification_id);
CREATE INDEX task_incident ON task (incident_id);
CREATE INDEX task_refused ON task (refused_id) WHERE refused_id IS NOT NULL;

-- ---- Events out ---------------------------------------------------------------------------------------

-- number: given once the broker has acknowledged it (or at once without a broker); the order for readers.
CREATE TABLE outbox (
    id BYTES PRIMARY KEY,
    force_id TEXT NOT NULL,
    subject_id BYTES NOT NULL,
    sequence BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    number BIGINT,
    published_at BIGINT
);
CREATE UNIQUE INDEX outbox_sequence ON outbox (subject_id, sequence);
CREATE INDEX outbox_unpublished ON outbox (created_at) WHERE published_at IS NULL;
CREATE UNIQUE INDEX outbox_number ON outbox (number) WHERE number IS NOT NULL;

-- What the lifecycle topic says of notifications that this store does not know of: it was restored from a copy
-- that is older than they are. Nobody is notified again.
CREATE TABLE prior_notification (
    notification_id BYTES PRIMARY KEY,
    sent_at BIGINT,
    opened_at BIGINT,
    acknowledged_at BIGINT,
    applied_at BIGINT
);

-- ---- Audit --------------------------------------------------------------------------------------------

-- Append only (triggers below), each row hashed with the one before in its chain; a chain per force.
CREATE TABLE audit_log (
    chain TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    incident_id BYTES,
    detail TEXT NOT NULL,
    sealed_shown_to BYTES,
    hash BYTES NOT NULL,
    PRIMARY KEY (chain, sequence)
);
CREATE INDEX audit_log_incident ON audit_log (incident_id);

CREATE TABLE audit_head (
    chain TEXT PRIMARY KEY,
    sequence BIGINT NOT NULL,
    hash BYTES NOT NULL
);

-- ---- Staff and keys -----------------------------------------------------------------------------------

CREATE TABLE account (
    id BYTES PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    roles TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    is_active BIGINT NOT NULL,
    sees_restricted BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE account_force (
    account_id BYTES NOT NULL REFERENCES account (id),
    force_id TEXT NOT NULL,
    PRIMARY KEY (account_id, force_id)
);

-- Authorities an account is limited to; none given: every area of its forces.
CREATE TABLE account_area (
    account_id BYTES NOT NULL REFERENCES account (id),
    authority TEXT NOT NULL,
    PRIMARY KEY (account_id, authority)
);

CREATE TABLE account_session (
    token_hash BYTES PRIMARY KEY,
    account_id BYTES NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);

-- Keys of forces (POST /v1/incidents) and of settings' systems (pull). owner: force id or setting UUID.
CREATE TABLE api_key (
    key_hash BYTES PRIMARY KEY,
    owner_kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    label TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);

-- ---- Quality assurance ---------------------------------------------------------------------------------

CREATE TABLE sample (
    id BYTES PRIMARY KEY,
    force_id TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at BIGINT NOT NULL,
    seed BIGINT NOT NULL,
    share_ppm BIGINT NOT NULL,
    frame BIGINT NOT NULL,
    drawn BIGINT NOT NULL,
    drawn_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX sample_once ON sample (force_id, from_at, to_at);

CREATE TABLE sample_child (
    sample_id BYTES NOT NULL REFERENCES sample (id),
    child_id BYTES NOT NULL REFERENCES child (id),
    force_id TEXT NOT NULL,
    stratum TEXT NOT NULL,
    PRIMARY KEY (sample_id, child_id)
);

CREATE TABLE audit (
    force_id TEXT NOT NULL,
    sample_id BYTES NOT NULL,
    child_id BYTES NOT NULL,
    reviewer TEXT NOT NULL,
    criteria_version TEXT NOT NULL,
    answers TEXT NOT NULL,
    sealed_note BYTES,
    reviewed_at BIGINT NOT NULL,
    PRIMARY KEY (sample_id, child_id, reviewer)
);

-- ---- Duties that one replica does at a time --------------------------------------------------------------

CREATE TABLE duty (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until BIGINT NOT NULL,
    beat_at BIGINT NOT NULL
);
