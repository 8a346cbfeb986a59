-- +goose Up
-- Deleting activities for good: the one way in, what it leaves behind, and the record of it.

-- What is to be deleted, and how far that has got: written by services/privacy.
CREATE TABLE purges (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'cancelled', 'failed')),
    query        text NOT NULL,               -- the canonical text of the filter, as people read it
    from_at      timestamptz,                 -- the ends of the period, inclusive
    to_at        timestamptz NOT NULL,
    selection    jsonb NOT NULL,              -- the filter with its names looked up at the confirmation (feed.Frozen)
    last_seq     bigint NOT NULL,             -- the newest activity at the confirmation: what came later is not looked at
    done_seq     bigint NOT NULL DEFAULT 0,   -- up to here it is done
    purged       bigint NOT NULL DEFAULT 0,   -- activities
    by_type      jsonb NOT NULL DEFAULT '{}', -- the same by entity type, and by month of the workspace's zone
    by_month     jsonb NOT NULL DEFAULT '{}',
    asked_by     jsonb NOT NULL,              -- who asked (models.ActorRef)
    problem      text NOT NULL DEFAULT '',    -- why it failed
    created_at   timestamptz NOT NULL DEFAULT now(),
    started_at   timestamptz,
    ended_at     timestamptz
);
CREATE INDEX purges_by_workspace ON purges (workspace_id, id);
-- One at a time in a workspace; and those there are to do, found at once.
CREATE UNIQUE INDEX purges_under_way ON purges (workspace_id) WHERE state IN ('waiting', 'running');

INSERT INTO sources (kind, key) VALUES ('daybook', 'privacy') ON CONFLICT DO NOTHING;

-- What is left of a purged activity: its number and public id, so that a reader who stopped there is told where to go on; its leaf, so that the
-- rest can still be proved; and why it is gone. Nothing of what it said. Written by purge_activities alone.
CREATE TABLE tombstones (
    workspace_id uuid NOT NULL,
    seq          bigint NOT NULL,
    uuid         uuid NOT NULL,
    leaf         bytea NOT NULL CHECK (length(leaf) = 32),
    purge_id     bigint NOT NULL,
    PRIMARY KEY (workspace_id, seq)
);
CREATE UNIQUE INDEX tombstones_by_uuid ON tombstones (workspace_id, uuid);

-- +goose StatementBegin
-- Deletes these activities of one workspace, and nothing else, and leaves a tombstone of each. The rollups and the words are its caller's
-- (services/journal), in the same transaction. It gives how many there were.
CREATE FUNCTION purge_activities(ws uuid, seqs bigint[], purge bigint) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE n bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM purges p WHERE p.id = purge AND p.workspace_id = ws AND p.state = 'running') THEN
        RAISE EXCEPTION 'no purge % is under way in this workspace', purge USING ERRCODE = 'insufficient_privilege';
    END IF;
    WITH gone AS (DELETE FROM activities a WHERE a.workspace_id = ws AND a.seq = ANY (seqs) RETURNING a.workspace_id, a.seq, a.uuid, a.leaf)
    INSERT INTO tombstones (workspace_id, seq, uuid, leaf, purge_id) SELECT g.workspace_id, g.seq, g.uuid, g.leaf, purge FROM gone g;
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END $$;
-- +goose StatementEnd

-- Where the database is given one role only, that role may call it, as it may drop the triggers; with more roles, none but the owner does.
REVOKE ALL ON FUNCTION purge_activities(uuid, bigint[], bigint) FROM PUBLIC;

-- +goose StatementBegin
-- Activities are append-only but for what purge_activities deletes: it is known by the functions that the statement runs in, which nobody sets by mistake.
CREATE OR REPLACE FUNCTION activities_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE calls text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        GET DIAGNOSTICS calls = PG_CONTEXT;
        IF calls LIKE '%purge_activities(uuid,bigint[],bigint)%' THEN
            RETURN NULL;
        END IF;
    END IF;
    RAISE EXCEPTION 'activities are append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION tombstones_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'tombstones stay: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
-- +goose StatementEnd

CREATE TRIGGER tombstones_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON tombstones FOR EACH STATEMENT EXECUTE FUNCTION tombstones_stay();
