-- +goose Up
-- What happened: event_ids, inbox and sources are written by services/ingest, everything else here by services/journal.

-- Which token, import or part of Daybook submitted a row. key is unique within the kind: a token's id, a user's id, a part's name.
CREATE TABLE sources (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('token', 'user', 'import', 'daybook')),
    key          text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (kind, key)
);

-- Daybook's own parts are there from the start, so that recording an act never makes one in the middle of a transaction.
INSERT INTO sources (kind, key) VALUES ('daybook', 'account'), ('daybook', 'auth'), ('daybook', 'journal'), ('daybook', 'access');

-- The one home of idempotency. A row is claimed in the transaction that writes the inbox and never freed by posting or retention.
-- mac = HMAC-SHA-256(mac_key, content as it was sent): tells a retry from another event with the same id. Both go on an erasure.
CREATE TABLE event_ids (
    workspace_id uuid NOT NULL,
    uuid         uuid NOT NULL,
    mac_key      bytea,
    mac          bytea,
    PRIMARY KEY (workspace_id, uuid)
);

-- Events that are durable and not posted yet. xid is the transaction that wrote the row: the journal reads by (lane, xid, id) and
-- remembers how far it got, so that it never walks over the dead rows behind it, not even while somebody holds an old snapshot.
-- No foreign keys: a row that refers to nothing is rejected by the journal, not by the sender's transaction.
CREATE TABLE inbox (
    lane         smallint NOT NULL CHECK (lane IN (0, 1)), -- 0: single events and our own acts, posted first; 1: bulk
    xid          xid8 NOT NULL DEFAULT pg_current_xact_id(),
    id           bigint GENERATED ALWAYS AS IDENTITY,
    workspace_id uuid NOT NULL,
    uuid         uuid NOT NULL,
    source_id    bigint NOT NULL,
    event        jsonb NOT NULL,
    received_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (lane, xid, id)
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05);

-- Events that the journal could not post, with the reason. Retried or dismissed by an admin.
CREATE TABLE rejected (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id uuid NOT NULL,
    uuid         uuid NOT NULL,
    source_id    bigint NOT NULL,
    event        jsonb NOT NULL,
    received_at  timestamptz NOT NULL,
    rejected_at  timestamptz NOT NULL DEFAULT now(),
    sqlstate     text NOT NULL,
    reason       text NOT NULL
);
CREATE INDEX rejected_by_workspace ON rejected (workspace_id, id);

-- The journal's head: one row, locked by each batch. fence counts elections, so that a writer that lost its lock cannot commit.
CREATE TABLE journal_head (
    single    boolean PRIMARY KEY DEFAULT true CHECK (single),
    last_id   bigint NOT NULL DEFAULT 0,
    fence     bigint NOT NULL DEFAULT 0,
    posted_at timestamptz NOT NULL DEFAULT now(), -- when the last batch was posted
    lag       interval NOT NULL DEFAULT '0'       -- how long its last bulk row had waited, if more were waiting; else 0
) WITH (fillfactor = 10);
INSERT INTO journal_head DEFAULT VALUES;

CREATE TABLE workspace_heads (
    workspace_id uuid PRIMARY KEY,
    seq          bigint NOT NULL DEFAULT 0,
    erasures     bigint NOT NULL DEFAULT 0 -- counts erasures, so that caches notice them
) WITH (fillfactor = 50);

-- No foreign keys: the journal is the only writer and resolves every reference in the same transaction; checking again costs a fifth.
CREATE TABLE activities (
    id              bigint NOT NULL,
    workspace_id    uuid NOT NULL,
    seq             bigint NOT NULL,
    uuid            uuid NOT NULL,
    actor_id        bigint NOT NULL,
    on_behalf_of_id bigint,
    actor_name      text NOT NULL,
    actor_role      text,
    action          text NOT NULL CHECK (length(action) BETWEEN 1 AND 64),
    entity_type     text NOT NULL DEFAULT '',
    entity_id       text,
    entity_name     text,
    entity_url      text,
    project_id      bigint,
    description     text NOT NULL,
    changes         jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(changes) = 'array'),
    metadata        jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
    outcome         text NOT NULL CHECK (outcome IN ('success', 'failure', 'denied')),
    system          boolean NOT NULL,
    source_id       bigint NOT NULL,
    correlation_id  text,
    ip              inet,
    user_agent      text,
    occurred_at     timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL,
    row_key         bytea CHECK (length(row_key) = 32),
    leaf            bytea NOT NULL CHECK (length(leaf) = 32),
    PRIMARY KEY (workspace_id, seq),
    UNIQUE (workspace_id, uuid)
);

-- Each list is a merge of scans bounded by one of these: equalities, then feed order (services/feed).
CREATE INDEX activities_feed     ON activities (workspace_id, system, occurred_at DESC, id DESC);
CREATE INDEX activities_actor    ON activities (workspace_id, actor_id, system, occurred_at DESC, id DESC);
CREATE INDEX activities_behalf   ON activities (workspace_id, on_behalf_of_id, system, occurred_at DESC, id DESC) WHERE on_behalf_of_id IS NOT NULL;
CREATE INDEX activities_project  ON activities (workspace_id, project_id, system, occurred_at DESC, id DESC) WHERE project_id IS NOT NULL;
CREATE INDEX activities_type     ON activities (workspace_id, entity_type, system, occurred_at DESC, id DESC);
CREATE INDEX activities_entity   ON activities (workspace_id, entity_id, entity_type, system, occurred_at DESC, id DESC) WHERE entity_id IS NOT NULL;
CREATE INDEX activities_action   ON activities (workspace_id, action, system, occurred_at DESC, id DESC);
CREATE INDEX activities_outcome  ON activities (workspace_id, outcome, system, occurred_at DESC, id DESC);
-- What belongs together, looked at from one activity.
CREATE INDEX activities_correlation ON activities (workspace_id, correlation_id, seq) WHERE correlation_id IS NOT NULL;

-- +goose StatementBegin
CREATE FUNCTION activities_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'activities are append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
-- +goose StatementEnd

CREATE TRIGGER activities_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON activities
    FOR EACH STATEMENT EXECUTE FUNCTION activities_append_only();

-- The rollups. Days and hours are those of the workspace's time zone. 0 and '' stand for "none", so that the key can be unique.
CREATE TABLE daily_counts (
    workspace_id    uuid NOT NULL,
    day             date NOT NULL,
    project_id      bigint NOT NULL,
    actor_id        bigint NOT NULL,
    on_behalf_of_id bigint NOT NULL,
    entity_type     text NOT NULL,
    action          text NOT NULL,
    outcome         text NOT NULL,
    system          boolean NOT NULL,
    count           bigint NOT NULL,
    PRIMARY KEY (workspace_id, day, project_id, actor_id, on_behalf_of_id, entity_type, action, outcome, system)
) WITH (fillfactor = 80);
CREATE INDEX daily_counts_actor   ON daily_counts (workspace_id, actor_id, day);
CREATE INDEX daily_counts_behalf  ON daily_counts (workspace_id, on_behalf_of_id, day) WHERE on_behalf_of_id <> 0;
CREATE INDEX daily_counts_project ON daily_counts (workspace_id, project_id, day);

CREATE TABLE hourly_counts (
    workspace_id    uuid NOT NULL,
    hour            timestamptz NOT NULL, -- its first instant
    project_id      bigint NOT NULL,
    actor_id        bigint NOT NULL,
    on_behalf_of_id bigint NOT NULL,
    outcome         text NOT NULL,
    system          boolean NOT NULL,
    count           bigint NOT NULL,
    PRIMARY KEY (workspace_id, hour, project_id, actor_id, on_behalf_of_id, outcome, system)
) WITH (fillfactor = 80);

-- +goose StatementBegin
-- The first instant of the hour of a clock in this zone. Zones with half hours start theirs at :30 UTC; an hour that a change of
-- clocks repeats counts twice, once an instant: the offset is taken at the instant itself.
CREATE FUNCTION local_hour(at timestamptz, zone text) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT date_trunc('hour', at AT TIME ZONE zone) - (at AT TIME ZONE zone) + at
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- What the rollups must say about a stretch of a workspace's journal. Posting adds it, a recount compares with it.
CREATE FUNCTION count_days(ws uuid, first_seq bigint, last_seq bigint, zone text)
RETURNS SETOF daily_counts LANGUAGE sql STABLE AS $$
    SELECT ws, (occurred_at AT TIME ZONE zone)::date, coalesce(project_id, 0), actor_id, coalesce(on_behalf_of_id, 0),
           entity_type, action, outcome, system, count(*)
      FROM activities WHERE workspace_id = ws AND seq BETWEEN first_seq AND last_seq
     GROUP BY 2, 3, 4, 5, 6, 7, 8, 9
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION count_hours(ws uuid, first_seq bigint, last_seq bigint, zone text)
RETURNS SETOF hourly_counts LANGUAGE sql STABLE AS $$
    SELECT ws, local_hour(occurred_at, zone), coalesce(project_id, 0), actor_id, coalesce(on_behalf_of_id, 0), outcome, system, count(*)
      FROM activities WHERE workspace_id = ws AND seq BETWEEN first_seq AND last_seq
     GROUP BY 2, 3, 4, 5, 6, 7
$$;
-- +goose StatementEnd
