-- +goose Up
-- Exports: what was asked for, how far it has got, and the files.

-- One export, streamed or made in the background: written by services/export.
CREATE TABLE exports (
    id           uuid PRIMARY KEY,             -- v7, so that the latest are together
    workspace_id uuid NOT NULL REFERENCES workspaces,
    kind         text NOT NULL CHECK (kind IN ('file', 'stream')),
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled', 'expired')),
    name         text NOT NULL DEFAULT '',     -- as the asker calls it
    user_id      bigint REFERENCES users,      -- who asked: somebody, perhaps by a token of theirs, or a service token
    token_id     bigint REFERENCES tokens,
    asked_by     jsonb NOT NULL,               -- the same as it is recorded (models.ActorRef)
    query        text NOT NULL,                -- the canonical text of the filter, as people read it
    selection    jsonb NOT NULL,               -- the filter with its names looked up at the start (feed.Frozen)
    scope        jsonb NOT NULL,               -- what the asker might read at the start (access.Region): the rows are those of this
    addresses    boolean NOT NULL DEFAULT false, -- and whether addresses and agents too
    newest       bigint NOT NULL,              -- activities.id of the newest activity at the start: what came later is not looked at
    format       text NOT NULL CHECK (format IN ('csv', 'json', 'ndjson')),
    form         text NOT NULL DEFAULT '',     -- of the objects, where a format has several; empty: rows as the list gives them
    columns      text[] NOT NULL DEFAULT '{}',
    zone         text NOT NULL DEFAULT 'UTC',  -- times are written in it
    gzip         boolean NOT NULL DEFAULT false,
    bom          boolean NOT NULL DEFAULT false,
    raw          boolean NOT NULL DEFAULT false, -- cells are as they are, also those that a spreadsheet would execute
    rows         bigint NOT NULL DEFAULT 0,    -- so far, as are bytes and chunks
    expected     bigint,                       -- rows, when that was counted
    bytes        bigint NOT NULL DEFAULT 0,
    chunks       integer NOT NULL DEFAULT 0,
    sha256       bytea CHECK (length(sha256) = 32), -- of all bytes, when they are complete
    position     jsonb,                        -- of the last row written: the next piece goes on after it
    hash         bytea,                        -- the state of SHA-256 after the bytes so far
    attempts     integer NOT NULL DEFAULT 0,   -- pieces that failed in a row
    problem      text NOT NULL DEFAULT '',     -- why it failed, in a sentence for people
    created_at   timestamptz NOT NULL DEFAULT now(),
    started_at   timestamptz,
    worker       uuid,                         -- whoever works on the file at the moment; nobody else may write it
    heartbeat_at timestamptz,                  -- when whoever works on it was last heard of
    ended_at     timestamptz,
    expires_at   timestamptz,                  -- of the file
    removed_at   timestamptz,                  -- when somebody deleted the file, or it was withdrawn; null: its time was over
    downloaded_at timestamptz                  -- when it was last recorded that the file was taken
);
CREATE INDEX exports_by_workspace ON exports (workspace_id, id);
CREATE INDEX exports_under_way ON exports (id) WHERE state IN ('waiting', 'running');
-- One file at a time for each person, or service token.
CREATE UNIQUE INDEX exports_running ON exports (coalesce(user_id, -token_id)) WHERE kind = 'file' AND state = 'running';
CREATE INDEX exports_by_expiry ON exports (expires_at) WHERE state = 'done' AND kind = 'file';

-- The file of an export, in pieces. A piece is written in the transaction that moves the export's position on, so that they always agree.
CREATE TABLE export_chunks (
    export_id uuid NOT NULL REFERENCES exports ON DELETE CASCADE,
    n         integer NOT NULL,                -- from 0
    starts_at bigint NOT NULL,                 -- bytes before it
    bytes     bytea NOT NULL,
    PRIMARY KEY (export_id, n)
);
ALTER TABLE export_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL; -- compressed by us, or not at all

-- What somebody chose last in a workspace: columns in their order, format and the like. Written by services/export.
CREATE TABLE export_choices (
    user_id      bigint NOT NULL REFERENCES users,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    choices      jsonb NOT NULL,
    PRIMARY KEY (user_id, workspace_id)
);

INSERT INTO sources (kind, key) VALUES ('daybook', 'export') ON CONFLICT DO NOTHING;

-- Statistics by hour of what somebody may read: in their projects, their own, and what was done for them.
CREATE INDEX hourly_counts_project ON hourly_counts (workspace_id, project_id, hour);
CREATE INDEX hourly_counts_actor   ON hourly_counts (workspace_id, actor_id, hour);
CREATE INDEX hourly_counts_behalf  ON hourly_counts (workspace_id, on_behalf_of_id, hour) WHERE on_behalf_of_id <> 0;
