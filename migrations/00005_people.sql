-- +goose Up
-- Running it for a company: versions of what is edited, merged actors, a workspace's settings, links, and the recount of a new time zone.

-- Each edit counts its record up, so that a second editor learns of the first.
ALTER TABLE users       ADD COLUMN version bigint NOT NULL DEFAULT 1;
ALTER TABLE memberships ADD COLUMN version bigint NOT NULL DEFAULT 1;
ALTER TABLE projects    ADD COLUMN version bigint NOT NULL DEFAULT 1;

-- An actor that is the same person as another one of the workspace. The target is never merged itself, so there are no chains. The two of them
-- have at most one user between them (services/account holds both).
ALTER TABLE actors
    ADD COLUMN version     bigint NOT NULL DEFAULT 1,
    ADD COLUMN merged_into bigint REFERENCES actors CHECK (merged_into <> id);
CREATE INDEX actors_by_target ON actors (merged_into) WHERE merged_into IS NOT NULL;

ALTER TABLE workspaces
    ADD COLUMN version        bigint NOT NULL DEFAULT 1,
    ADD COLUMN next_time_zone text,                         -- asked for; it takes effect when everything is counted in it (services/journal)
    ADD COLUMN week_start     smallint NOT NULL DEFAULT 1 CHECK (week_start BETWEEN 1 AND 7), -- 1: Monday
    ADD COLUMN statistics     text NOT NULL DEFAULT 'members' CHECK (statistics IN ('members', 'admins')),
    ADD COLUMN rankings       boolean NOT NULL DEFAULT true;
CREATE INDEX workspaces_by_next_zone ON workspaces (id) WHERE next_time_zone IS NOT NULL;

-- Links that open one thing, once, for a while: written by services/auth. Only the hash of the secret in the link is kept.
CREATE TABLE links (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('setup', 'invitation', 'password')),
    hash         bytea NOT NULL UNIQUE,
    workspace_id uuid REFERENCES workspaces,   -- of an invitation
    role         text CHECK (role IN ('owner', 'admin', 'member')), -- the same
    email        text CHECK (email = lower(email)), -- of an invitation for one address alone
    user_id      bigint REFERENCES users,      -- whose password
    created_by   bigint REFERENCES users,      -- null: on the command line, or Daybook itself
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    used_at      timestamptz,
    used_by      bigint REFERENCES users,
    revoked_at   timestamptz,
    CHECK (kind <> 'invitation' OR workspace_id IS NOT NULL AND role IS NOT NULL),
    CHECK (kind <> 'password' OR user_id IS NOT NULL)
);
-- One setup link at most, and one link for somebody's password.
CREATE UNIQUE INDEX links_setup ON links (kind) WHERE kind = 'setup';
CREATE UNIQUE INDEX links_password ON links (user_id) WHERE kind = 'password' AND used_at IS NULL AND revoked_at IS NULL;
CREATE INDEX links_by_workspace ON links (workspace_id, id) WHERE workspace_id IS NOT NULL;
INSERT INTO links (kind, hash, expires_at) SELECT 'setup', hash, expires_at FROM setup_links;
DROP TABLE setup_links;

-- Where the recount of a workspace in its next time zone has got to, and the counts so far: written by services/journal.
CREATE TABLE recounts (
    workspace_id uuid PRIMARY KEY,
    time_zone    text NOT NULL,
    seq          bigint NOT NULL DEFAULT 0
);
CREATE TABLE daily_recounts (LIKE daily_counts INCLUDING DEFAULTS, PRIMARY KEY (workspace_id, day, project_id, actor_id, on_behalf_of_id, entity_type, action, outcome, system));
CREATE TABLE hourly_recounts (LIKE hourly_counts INCLUDING DEFAULTS, PRIMARY KEY (workspace_id, hour, project_id, actor_id, on_behalf_of_id, outcome, system));
