-- +goose Up
-- Forgetting a person while the record stays whole. erasures, erasure_workspaces, erasure_doubts and forgotten are written by services/erasure;
-- erased_groups and activity_salts by erase_activities alone.

-- One person that is, or was, anonymised. Who it was is nowhere in it, but for terms while it is under way.
CREATE TABLE erasures (
    id           uuid PRIMARY KEY,           -- v7
    workspace_id uuid REFERENCES workspaces, -- where it was asked for; null: of a user, wherever they are known
    user_id      bigint REFERENCES users,    -- whose record was emptied
    -- waiting: to be begun; running: it goes through the activities; open: all that is certain is done, the rest waits for a decision or for
    -- a hold to be lifted; tidying: the tables are vacuumed
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'open', 'tidying', 'done')),
    terms        bytea,                      -- what is looked for (mention.Person), sealed with a key from outside the database; null from the end on
    asked_by     jsonb NOT NULL,             -- models.ActorRef
    activities   bigint NOT NULL DEFAULT 0,  -- the person's own that were emptied so far
    mentions     bigint NOT NULL DEFAULT 0,  -- activities of others in which the person was replaced so far
    held         bigint NOT NULL DEFAULT 0,  -- activities left as they are because of a hold, at the last look
    held_by      bigint[] NOT NULL DEFAULT '{}', -- the holds because of which they were left: it goes on when one of these is lifted
    looked_at    timestamptz,                -- when the last look was begun
    more_doubts  bigint NOT NULL DEFAULT 0,  -- doubts of the last look beyond those that are kept
    decided      jsonb NOT NULL DEFAULT '{}',-- kinds of doubts that were decided all together: {"name": true} when they are replaced; those of one workspace alone as "name@" and its id
    elsewhere    jsonb NOT NULL DEFAULT '{}',-- what went elsewhere, by kind: {"sessions": 2, "tokens": 1, …}
    problem      text NOT NULL DEFAULT '',   -- why it does not get on, in a sentence for people
    withdrawn_at bigint NOT NULL DEFAULT 0,  -- how much had been replaced when files of exports were withdrawn the last time
    stays        bytea[] NOT NULL DEFAULT '{}', -- keyed hashes of the records that the person was (number, and when it was made), which are in the ledger too
    first_at     timestamptz,                -- of one that is done again after a restore: when it was done for the first time
    created_at   timestamptz NOT NULL DEFAULT now(),
    started_at   timestamptz,
    ended_at     timestamptz
);
CREATE INDEX erasures_by_workspace ON erasures (workspace_id, id);
CREATE INDEX erasures_under_way ON erasures (id) WHERE state <> 'done';

-- A workspace that an erasure goes through.
CREATE TABLE erasure_workspaces (
    erasure_id   uuid NOT NULL REFERENCES erasures,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    actor_ids    bigint[] NOT NULL,          -- who the person is here; none: they may be mentioned
    -- The person's own activities go first, by index: which list of them is next, the place in it that is done (it goes from the latest on), and how many
    -- are done, of about how many, by which somebody sees how far it is.
    own          integer NOT NULL DEFAULT 0,
    own_at       timestamptz NOT NULL DEFAULT 'infinity',
    own_id       bigint NOT NULL DEFAULT 0,
    own_done     bigint NOT NULL DEFAULT 0,
    own_rows     bigint NOT NULL DEFAULT 0,
    done_seq     bigint NOT NULL DEFAULT 0,  -- up to here it is done
    beside       integer NOT NULL DEFAULT 0, -- what stands beside activities is gone through after them, one kind after the other: the next one
    beside_after text NOT NULL DEFAULT '',   -- and the row of it (its id) that is done
    PRIMARY KEY (erasure_id, workspace_id)
);
CREATE INDEX erasure_workspaces_by_workspace ON erasure_workspaces (workspace_id);

-- A place where the person may be meant, which somebody has to decide.
CREATE TABLE erasure_doubts (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    erasure_id   uuid NOT NULL REFERENCES erasures,
    workspace_id uuid NOT NULL,
    target       text NOT NULL,              -- what it is in: activity, rejected, project …
    target_id    text NOT NULL,              -- of an activity: seq
    place        text NOT NULL,              -- JSON pointer into it, like /metadata/team/0; from the end on a hash of it, for it may name somebody
    kind         text NOT NULL CHECK (kind IN ('name', 'part', 'email', 'id', 'username')),
    replace      boolean,                    -- null: undecided
    decided_by   jsonb,
    decided_at   timestamptz,
    replaced_at  timestamptz,                -- when what was decided was done
    UNIQUE (erasure_id, workspace_id, target, target_id, place, kind)
);
CREATE INDEX erasure_doubts_undecided ON erasure_doubts (erasure_id, id) WHERE replace IS NULL;
CREATE INDEX erasure_doubts_to_replace ON erasure_doubts (erasure_id, workspace_id) WHERE replace AND replaced_at IS NULL;

-- Who was forgotten, so that later events of the same person are posted without their name. hash is an HMAC with a key from outside the
-- database, of an external id or an e-mail address: nobody learns from it who that was.
CREATE TABLE forgotten (
    workspace_id uuid NOT NULL,
    hash         bytea NOT NULL CHECK (length(hash) = 32),
    actor_id     bigint NOT NULL REFERENCES actors,
    erasure_id   uuid NOT NULL REFERENCES erasures,
    PRIMARY KEY (workspace_id, hash)
);

-- Whether anybody else had somebody's address is asked before that address is taken out of texts.
CREATE INDEX activities_address ON activities (workspace_id, ip, actor_id) WHERE ip IS NOT NULL;

-- Whose an address is, is asked before it is taken for that of somebody who was forgotten.
CREATE INDEX actors_by_email ON actors (workspace_id, lower(email)) WHERE email IS NOT NULL;

ALTER TABLE users  ADD COLUMN erased_at timestamptz;
ALTER TABLE actors ADD COLUMN erased_at timestamptz,
    -- The external id in the leaves of the activities that are not erased yet: while an erasure is under way, and of held ones.
    ADD COLUMN recorded_as text,
    ADD COLUMN recorded_name text; -- what they were called, as long as recorded_as stands
-- Who was unlinked before this was noted is known from what was recorded of it.
UPDATE actors a SET former_user_ids = f.users FROM (
    SELECT u.workspace_id, u.entity_id, array_agg(DISTINCT (c.value ->> 'before')::bigint) AS users
      FROM activities u CROSS JOIN LATERAL jsonb_array_elements(u.changes) AS c
     WHERE u.system AND u.entity_type = 'actor' AND u.action = 'unlinked' AND c.value ->> 'field' = 'user_id' AND c.value ->> 'before' ~ '^[0-9]{1,18}$'
       AND u.source_id IN (SELECT id FROM sources WHERE kind = 'daybook')
     GROUP BY u.workspace_id, u.entity_id) AS f
 WHERE a.workspace_id = f.workspace_id AND a.external_id = f.entity_id;

-- By recorded_as and recorded_name activities that are not erased yet are read, and found, as they were.
CREATE INDEX actors_leaving ON actors (workspace_id) WHERE recorded_as IS NOT NULL;

INSERT INTO sources (kind, key) VALUES ('daybook', 'erasure') ON CONFLICT DO NOTHING;

-- The four salts of an activity of which a group was erased: its row key is gone. Those of groups that were not are the ones that the key gave;
-- that of one that was is new, and belongs to what stands there now.
CREATE TABLE activity_salts (
    workspace_id uuid NOT NULL,
    seq          bigint NOT NULL,
    who          bytea NOT NULL CHECK (length(who) = 32),
    entity       bytea NOT NULL CHECK (length(entity) = 32),
    text         bytea NOT NULL CHECK (length(text) = 32),
    data         bytea NOT NULL CHECK (length(data) = 32),
    PRIMARY KEY (workspace_id, seq)
);

-- Each erasure of a group of an activity: the commitment before and after it. The first one before is the one in the leaf, the last one after that of
-- what stands there now. record is the activity that tells of it, with a digest of the lines that name it.
CREATE TABLE erased_groups (
    workspace_id uuid NOT NULL,
    seq          bigint NOT NULL,
    part         text NOT NULL CHECK (part IN ('who', 'entity', 'text', 'data')),
    n            integer NOT NULL CHECK (n > 0), -- counts the erasures of this group
    record       uuid NOT NULL,
    before       bytea NOT NULL CHECK (length(before) = 32),
    after        bytea NOT NULL CHECK (length(after) = 32),
    PRIMARY KEY (workspace_id, seq, part, n)
);
CREATE INDEX erased_groups_by_record ON erased_groups (workspace_id, record, seq);

-- +goose StatementBegin
-- What may not be deleted now: what is held, and the record of an erasure as long as there is an activity of which it tells, for without it that
-- activity could not be proved.
CREATE FUNCTION must_stay(a activities) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT is_held(a) OR a.action = 'erased' AND EXISTS (
        SELECT FROM erased_groups e JOIN activities x ON x.workspace_id = e.workspace_id AND x.seq = e.seq
         WHERE e.workspace_id = a.workspace_id AND e.record = a.uuid)
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Replaces personal content of these activities of one workspace, and nothing else: content is a list of {seq, the columns that content is in, and
-- the four salts}, parts one of {seq, part, before, after}; bytes in hex. Commitments, words and the record are its caller's (services/journal), in
-- the same transaction. It gives how many activities there were.
CREATE FUNCTION erase_activities(ws uuid, erasure uuid, record uuid, content jsonb, parts jsonb) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE n bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM erasures e JOIN erasure_workspaces w ON w.erasure_id = e.id
                    WHERE e.id = erasure AND w.workspace_id = ws AND e.state = 'running') THEN
        RAISE EXCEPTION 'no erasure % is under way in this workspace', erasure USING ERRCODE = 'insufficient_privilege';
    END IF;
    LOCK TABLE holds IN SHARE MODE; -- no hold is placed between the look and the end
    IF EXISTS (SELECT FROM holds h WHERE h.workspace_id = ws AND h.lifted_at IS NULL) AND EXISTS (
        SELECT FROM jsonb_to_recordset(content) AS r (seq bigint) JOIN activities a ON a.workspace_id = ws AND a.seq = r.seq WHERE is_held(a)) THEN
        RAISE EXCEPTION 'some of these activities are held' USING ERRCODE = 'object_in_use';
    END IF;
    IF EXISTS (SELECT FROM jsonb_to_recordset(content) AS r (seq bigint) FULL JOIN (SELECT DISTINCT p.seq FROM jsonb_to_recordset(parts) AS p (seq bigint)) AS p USING (seq)
                WHERE r.seq IS NULL OR p.seq IS NULL) THEN
        RAISE EXCEPTION 'the parts do not belong to the content' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO erased_groups (workspace_id, seq, part, n, record, before, after)
    SELECT ws, p.seq, p.part, 1 + coalesce((SELECT max(e.n) FROM erased_groups e WHERE e.workspace_id = ws AND e.seq = p.seq AND e.part = p.part), 0),
           record, decode(p.before, 'hex'), decode(p.after, 'hex')
      FROM jsonb_to_recordset(parts) AS p (seq bigint, part text, before text, after text);
    INSERT INTO activity_salts AS s (workspace_id, seq, who, entity, text, data)
    SELECT ws, r.seq, decode(r.who, 'hex'), decode(r.entity, 'hex'), decode(r.text, 'hex'), decode(r.data, 'hex')
      FROM jsonb_to_recordset(content) AS r (seq bigint, who text, entity text, text text, data text)
    ON CONFLICT (workspace_id, seq) DO UPDATE SET who = excluded.who, entity = excluded.entity, text = excluded.text, data = excluded.data;
    UPDATE activities a SET actor_name = r.actor_name, actor_role = r.actor_role, ip = r.ip, user_agent = r.user_agent, entity_id = r.entity_id,
           entity_name = r.entity_name, entity_url = r.entity_url, description = r.description, changes = r.changes, metadata = r.metadata,
           correlation_id = r.correlation_id, row_key = NULL
      FROM jsonb_to_recordset(content) AS r (seq bigint, actor_name text, actor_role text, ip inet, user_agent text, entity_id text, entity_name text,
           entity_url text, description text, changes jsonb, metadata jsonb, correlation_id text)
     WHERE a.workspace_id = ws AND a.seq = r.seq;
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END $$;
-- +goose StatementEnd

REVOKE ALL ON FUNCTION erase_activities(uuid, uuid, uuid, jsonb, jsonb) FROM PUBLIC;

-- +goose StatementBegin
-- As before, but for what is held or otherwise has to stay; and the salts of an activity of which something was erased go with it. What was erased of
-- it stays on the record (erased_groups): the digest of the record is made of it.
CREATE OR REPLACE FUNCTION purge_activities(ws uuid, seqs bigint[], purge bigint) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE n bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM purges p WHERE p.id = purge AND p.workspace_id = ws AND p.state = 'running') THEN
        RAISE EXCEPTION 'no purge % is under way in this workspace', purge USING ERRCODE = 'insufficient_privilege';
    END IF;
    LOCK TABLE holds IN SHARE MODE; -- no hold is placed between the look and the end
    IF EXISTS (SELECT FROM activities a WHERE a.workspace_id = ws AND a.seq = ANY (seqs)
        AND (a.action = 'erased' OR EXISTS (SELECT FROM holds h WHERE h.workspace_id = ws AND h.lifted_at IS NULL)) AND must_stay(a)) THEN
        RAISE EXCEPTION 'some of these activities are held, or are records of erasures' USING ERRCODE = 'object_in_use';
    END IF;
    DELETE FROM activity_salts s WHERE s.workspace_id = ws AND s.seq = ANY (seqs);
    WITH gone AS (DELETE FROM activities a WHERE a.workspace_id = ws AND a.seq = ANY (seqs) RETURNING a.workspace_id, a.seq, a.uuid, a.leaf)
    INSERT INTO tombstones (workspace_id, seq, uuid, leaf, purge_id) SELECT g.workspace_id, g.seq, g.uuid, g.leaf, purge FROM gone g;
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Tells of what a trigger function was told of its calls (PG_CONTEXT) whether a statement of another function set it off. The statement is there in full,
-- and it says whatever its author likes: so the calls are read from their beginning, and the statement has to be, from its first character to its last, one
-- of that function's. The line behind it has to name that function and no other: one of another schema would have its schema before it, or be called the same
-- where it is looked for first, so there may be no other of that name. The words and marks around it are those of the server's language.
CREATE FUNCTION is_called_by(calls text, fn regprocedure) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM pg_catalog.pg_proc p
         CROSS JOIN LATERAL regexp_split_to_table(p.prosrc, ';') AS part
         CROSS JOIN LATERAL btrim(part, E' \n\r\t') AS own
         CROSS JOIN LATERAL substr(calls, strpos(calls, E'\n')) AS rest
         CROSS JOIN LATERAL strpos(rest, own) AS at
         CROSS JOIN LATERAL substr(rest, at + length(own)) AS behind
         CROSS JOIN LATERAL split_part(behind, E'\n', 2) AS caller
         WHERE p.oid = fn AND length(own) > 30 AND at BETWEEN 2 AND 26
           AND split_part(behind, E'\n', 1) ~ '^ ?["»«“”’」]\.?$'
           AND strpos(caller, fn::text) > 0 AND left(caller, strpos(caller, fn::text) - 1) ~ '^[^."(),;]{0,40}PL/pgSQL[^."(),;]{0,40}$'
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_proc other WHERE other.proname = p.proname AND other.oid <> p.oid))
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Activities are append-only but for what the two functions do.
CREATE OR REPLACE FUNCTION activities_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE calls text;
BEGIN
    IF TG_OP IN ('DELETE', 'UPDATE') THEN
        GET DIAGNOSTICS calls = PG_CONTEXT;
        IF TG_OP = 'DELETE' AND is_called_by(calls, 'purge_activities(uuid,bigint[],bigint)') OR TG_OP = 'UPDATE' AND is_called_by(calls, 'erase_activities(uuid,uuid,uuid,jsonb,jsonb)') THEN
            RETURN NULL;
        END IF;
    END IF;
    RAISE EXCEPTION 'activities are append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Whatever updates an activity, its fixed part and its leaf stay.
CREATE FUNCTION fixed_part_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.workspace_id, NEW.seq, NEW.uuid, NEW.actor_id, NEW.on_behalf_of_id, NEW.action, NEW.entity_type, NEW.project_id, NEW.outcome, NEW.system, NEW.source_id,
        NEW.occurred_at, NEW.recorded_at, NEW.leaf)
       IS DISTINCT FROM (OLD.id, OLD.workspace_id, OLD.seq, OLD.uuid, OLD.actor_id, OLD.on_behalf_of_id, OLD.action, OLD.entity_type, OLD.project_id, OLD.outcome, OLD.system, OLD.source_id,
        OLD.occurred_at, OLD.recorded_at, OLD.leaf) THEN
        RAISE EXCEPTION 'the fixed part of an activity stays as it is' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

CREATE TRIGGER activities_fixed_part_stays BEFORE UPDATE ON activities FOR EACH ROW EXECUTE FUNCTION fixed_part_stays();

-- +goose StatementBegin
-- What was erased stays on the record; salts are changed by the two functions alone.
CREATE FUNCTION erased_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE calls text;
BEGIN
    IF TG_TABLE_NAME = 'activity_salts' AND TG_OP <> 'TRUNCATE' THEN
        GET DIAGNOSTICS calls = PG_CONTEXT;
        IF TG_OP = 'DELETE' AND is_called_by(calls, 'purge_activities(uuid,bigint[],bigint)') OR TG_OP = 'UPDATE' AND is_called_by(calls, 'erase_activities(uuid,uuid,uuid,jsonb,jsonb)') THEN
            RETURN NULL;
        END IF;
    END IF;
    RAISE EXCEPTION '% stays as it is: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
-- +goose StatementEnd

CREATE TRIGGER erased_groups_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON erased_groups FOR EACH STATEMENT EXECUTE FUNCTION erased_stays();
CREATE TRIGGER activity_salts_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON activity_salts FOR EACH STATEMENT EXECUTE FUNCTION erased_stays();
-- Without these somebody would be there again with the next event.
CREATE TRIGGER forgotten_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON forgotten FOR EACH STATEMENT EXECUTE FUNCTION erased_stays();

-- What tells of an erasure (services/proof) is nothing without the erasure itself.
CREATE TRIGGER erasures_stay BEFORE DELETE OR TRUNCATE OR UPDATE OF id, workspace_id ON erasures FOR EACH STATEMENT EXECUTE FUNCTION erased_stays();
CREATE TRIGGER erasure_workspaces_stay BEFORE DELETE OR TRUNCATE OR UPDATE OF erasure_id, workspace_id ON erasure_workspaces FOR EACH STATEMENT EXECUTE FUNCTION erased_stays();

-- +goose StatementBegin
-- An erasure that is done stays done, and says when that was: else what was begun once would be a licence to erase for ever.
CREATE FUNCTION done_stays_done() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an erasure that is done stays done' USING ERRCODE = 'insufficient_privilege';
END $$;
-- +goose StatementEnd
CREATE TRIGGER done_erasures_stay BEFORE UPDATE OF state, ended_at ON erasures FOR EACH ROW
    WHEN (OLD.state = 'done' AND NEW.state <> 'done' OR OLD.state = 'tidying' AND NEW.state NOT IN ('tidying', 'done') OR OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at)
    EXECUTE FUNCTION done_stays_done();

-- +goose StatementBegin
-- What guards does not look elsewhere for what it names: not in the schemas that whoever calls it has set, nor among temporary tables.
DO $$
DECLARE f regprocedure;
BEGIN
    FOREACH f IN ARRAY ARRAY['erase_activities(uuid,uuid,uuid,jsonb,jsonb)', 'purge_activities(uuid,bigint[],bigint)', 'is_called_by(text,regprocedure)', 'activities_append_only()',
        'fixed_part_stays()', 'erased_stays()', 'done_stays_done()', 'hold_takes_people()', 'actor_joins_holds()']::regprocedure[] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', f, current_schema());
    END LOOP;
END $$;
-- +goose StatementEnd
