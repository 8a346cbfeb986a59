-- +goose Up
-- Legal holds: what may not be deleted or anonymised for the time being, whoever asks. Written by services/privacy.

-- The users that an actor was said to be before it was unlinked, or its merge undone: nobody gets rid of what they did by saying that it was not them.
ALTER TABLE actors ADD COLUMN former_user_ids bigint[] NOT NULL DEFAULT '{}';

-- What all of the criteria that are given apply to is held: at least one is.
CREATE TABLE holds (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 100), -- as people call the matter
    actor_id     bigint REFERENCES actors,   -- a person: what they did, and what was done for them
    people       bigint[],                   -- all actors who are that person (same_person); whoever turns out to be them joins, and nobody leaves
    project_id   bigint REFERENCES projects,
    entity_type  text,
    entity_id    text CHECK (entity_id IS NULL OR entity_type IS NOT NULL),
    from_at      timestamptz,                -- of the time when it happened; both ends belong to it
    to_at        timestamptz,
    placed_by    jsonb NOT NULL,             -- models.ActorRef
    placed_at    timestamptz NOT NULL DEFAULT now(),
    lifted_by    jsonb,
    lifted_at    timestamptz,
    CHECK (num_nonnulls(actor_id, project_id, entity_type, from_at, to_at) > 0)
);
CREATE INDEX holds_by_workspace ON holds (workspace_id, id);
CREATE INDEX holds_standing ON holds (workspace_id) WHERE lifted_at IS NULL;

-- +goose StatementBegin
-- The actors of a workspace who are the same person as some of them: who are merged with them, or are the same user, or were said to be.
CREATE FUNCTION same_person(ws uuid, ids bigint[]) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    WITH RECURSIVE known AS MATERIALIZED (
        SELECT a.id, coalesce(a.merged_into, a.id) AS root, array_append(a.former_user_ids, a.user_id) AS users FROM actors a
         WHERE a.workspace_id = ws AND (a.id = ANY (ids) OR a.merged_into IS NOT NULL OR a.user_id IS NOT NULL OR a.former_user_ids <> '{}'
            OR EXISTS (SELECT FROM actors m WHERE m.merged_into = a.id))),
    them AS (
        SELECT k.id, k.root, k.users FROM known k WHERE k.id = ANY (ids)
        UNION
        SELECT k.id, k.root, k.users FROM them t JOIN known k ON k.root = t.root OR k.users && t.users)
    SELECT array_agg(DISTINCT id ORDER BY id) FROM them
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- The holds that an activity is under.
CREATE FUNCTION holds_on(a activities) RETURNS SETOF holds LANGUAGE sql STABLE AS $$
    SELECT h FROM holds h
     WHERE h.workspace_id = a.workspace_id AND h.lifted_at IS NULL
       AND (h.people IS NULL OR a.actor_id = ANY (h.people) OR a.on_behalf_of_id = ANY (h.people))
       AND (h.project_id IS NULL OR h.project_id = a.project_id)
       AND (h.entity_type IS NULL OR h.entity_type = a.entity_type)
       AND (h.entity_id IS NULL OR h.entity_id = a.entity_id)
       AND (h.from_at IS NULL OR a.occurred_at >= h.from_at)
       AND (h.to_at IS NULL OR a.occurred_at <= h.to_at)
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Whether there is one. It says the same again, because it is asked of each activity that is to go, and a function that calls the one above takes a hundred
-- times as long.
CREATE FUNCTION is_held(a activities) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM holds h
     WHERE h.workspace_id = a.workspace_id AND h.lifted_at IS NULL
       AND (h.people IS NULL OR a.actor_id = ANY (h.people) OR a.on_behalf_of_id = ANY (h.people))
       AND (h.project_id IS NULL OR h.project_id = a.project_id)
       AND (h.entity_type IS NULL OR h.entity_type = a.entity_type)
       AND (h.entity_id IS NULL OR h.entity_id = a.entity_id)
       AND (h.from_at IS NULL OR a.occurred_at >= h.from_at)
       AND (h.to_at IS NULL OR a.occurred_at <= h.to_at));
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- A hold on a person is on everybody who is that person when it is placed. Who is whom stands still until then (services/account locks the workspace, too).
CREATE FUNCTION hold_takes_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM workspaces WHERE id = NEW.workspace_id FOR NO KEY UPDATE;
    NEW.people := CASE WHEN NEW.actor_id IS NOT NULL THEN same_person(NEW.workspace_id, ARRAY[NEW.actor_id]) END;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER holds_take_people BEFORE INSERT ON holds FOR EACH ROW EXECUTE FUNCTION hold_takes_people();

-- +goose StatementBegin
-- Whoever is merged with somebody who is held, or linked to the same user, is held from then on. That the merge is undone, or the link, lets nobody go: else
-- an admin could take out of a hold what an owner placed it on.
CREATE FUNCTION actor_joins_holds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE them bigint[];
BEGIN
    IF EXISTS (SELECT FROM holds h WHERE h.workspace_id = NEW.workspace_id AND h.lifted_at IS NULL AND h.people IS NOT NULL) THEN
        them := same_person(NEW.workspace_id, ARRAY[NEW.id]);
        UPDATE holds h SET people = ARRAY(SELECT DISTINCT p FROM unnest(h.people || them) AS p ORDER BY p)
         WHERE h.workspace_id = NEW.workspace_id AND h.lifted_at IS NULL AND h.people && them AND NOT them <@ h.people;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER actors_join_holds AFTER INSERT ON actors FOR EACH ROW
    WHEN (NEW.merged_into IS NOT NULL OR NEW.user_id IS NOT NULL) EXECUTE FUNCTION actor_joins_holds();
CREATE TRIGGER actors_join_holds_later AFTER UPDATE OF merged_into, user_id ON actors FOR EACH ROW
    WHEN (NEW.merged_into IS DISTINCT FROM OLD.merged_into OR NEW.user_id IS DISTINCT FROM OLD.user_id) EXECUTE FUNCTION actor_joins_holds();

-- Retention: how long activities are kept. Written by services/privacy.

-- The rules of a workspace as a whole, and when they are carried out.
CREATE TABLE retentions (
    workspace_id uuid PRIMARY KEY REFERENCES workspaces,
    version      bigint NOT NULL DEFAULT 1,
    hour         smallint NOT NULL DEFAULT 2 CHECK (hour BETWEEN 0 AND 23), -- of the workspace's zone
    next_run_at  timestamptz,                -- null: no rule ever deletes anything
    last_run_at  timestamptz,                -- when it was last looked, whether or not anything went
    asked_by     jsonb                       -- who asked for the next run (models.ActorRef); null: it is the nightly one
);
CREATE INDEX retentions_due ON retentions (next_run_at) WHERE next_run_at IS NOT NULL;

-- A rule. The first that fits an activity decides; what none fits is kept. A list that is empty asks for nothing.
CREATE TABLE retention_rules (
    workspace_id uuid NOT NULL REFERENCES retentions,
    position     smallint NOT NULL CHECK (position >= 0),
    keep_days    integer CHECK (keep_days BETWEEN 1 AND 36500), -- since they were recorded; null: for ever
    types        text[] NOT NULL DEFAULT '{}',
    actions      text[] NOT NULL DEFAULT '{}',
    outcomes     text[] NOT NULL DEFAULT '{}',
    system       boolean,                    -- null: whether or not
    archive      boolean NOT NULL DEFAULT false, -- a copy is kept in a file before they go
    done_seq     bigint NOT NULL DEFAULT 0,  -- up to here what the rule deletes is gone, but for what is held
    held_from    bigint,                     -- the first activity that was spared because of a hold
    again_from   bigint,                     -- a hold was lifted: from here on it has to be looked again
    PRIMARY KEY (workspace_id, position)
);

-- Files with what retention deleted. They are not exports: they are backed up, and do not expire. Written by services/export.
CREATE TABLE archives (
    id           uuid PRIMARY KEY,           -- v7
    workspace_id uuid NOT NULL REFERENCES workspaces,
    purge_id     bigint NOT NULL,            -- the run that it is of
    -- writing: the run goes on; done: it can be downloaded; rewriting: somebody is taken out of it; removed: somebody deleted it
    state        text NOT NULL DEFAULT 'writing' CHECK (state IN ('writing', 'done', 'rewriting', 'removed')),
    rows         bigint NOT NULL DEFAULT 0,
    bytes        bigint NOT NULL DEFAULT 0,
    chunks       integer NOT NULL DEFAULT 0,
    first_seq    bigint NOT NULL,            -- the numbers of its first and its last activity
    last_seq     bigint NOT NULL,
    sha256       bytea CHECK (length(sha256) = 32), -- of all bytes, when they are complete
    stale_from   integer,                    -- rewriting: from this chunk on, starts_at and hash are not right yet
    created_at   timestamptz NOT NULL DEFAULT now(),
    ended_at     timestamptz,
    changed_at   timestamptz,                -- when somebody was last taken out of it
    removed_at   timestamptz
);
CREATE INDEX archives_by_workspace ON archives (workspace_id, id);

-- An archive in pieces, each of which can be unpacked by itself (a member of gzip). It is written in the transaction that deletes what is in it.
CREATE TABLE archive_chunks (
    archive_id uuid NOT NULL REFERENCES archives ON DELETE CASCADE,
    n          integer NOT NULL,             -- from 0
    starts_at  bigint NOT NULL,              -- bytes before it
    bytes      bytea NOT NULL,
    hash       bytea NOT NULL,               -- the state of SHA-256 after it
    PRIMARY KEY (archive_id, n)
);
ALTER TABLE archive_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- How far an archive was gone through, by what it was gone through for (an erasure).
CREATE TABLE archive_passes (
    archive_id uuid NOT NULL REFERENCES archives ON DELETE CASCADE,
    pass       uuid NOT NULL,
    chunks     integer NOT NULL DEFAULT 0,
    line       integer NOT NULL DEFAULT 0,   -- of the next chunk, the line that is next
    lines      bigint NOT NULL DEFAULT 0,    -- that were changed
    PRIMARY KEY (archive_id, pass)
);

ALTER TABLE purges
    ADD COLUMN kind text NOT NULL DEFAULT 'purge' CHECK (kind IN ('purge', 'retention')),
    ADD COLUMN first_seq  bigint NOT NULL DEFAULT 0, -- behind this one it begins
    ADD COLUMN held       bigint NOT NULL DEFAULT 0, -- activities that would have gone, and were spared because of a hold
    ADD COLUMN by_rule    jsonb NOT NULL DEFAULT '{}', -- of a retention: what went, by the position of the rule
    ADD COLUMN archive_id uuid REFERENCES archives;
CREATE INDEX purges_by_kind ON purges (workspace_id, kind, id);
