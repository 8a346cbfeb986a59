-- +goose Up
-- Who there is: written by services/account, but for sessions, tokens and sign-in attempts (services/auth).

CREATE TABLE workspaces (
    id          uuid PRIMARY KEY,
    slug        text NOT NULL UNIQUE,
    name        text NOT NULL,
    time_zone   text NOT NULL DEFAULT 'UTC',
    archived_at timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
);

-- Daybook's own acts that concern no other workspace (models.BuiltInWorkspace).
INSERT INTO workspaces (id, slug, name) VALUES ('00000000-0000-7000-8000-00000000da1b', 'daybook', 'Daybook');

CREATE TABLE users (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email          text NOT NULL UNIQUE CHECK (email = lower(email)),
    username       text UNIQUE CHECK (username = lower(username)),
    name           text NOT NULL,
    password_hash  text NOT NULL,
    instance_admin boolean NOT NULL DEFAULT false,
    time_zone      text NOT NULL DEFAULT '',
    deactivated_at timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE memberships (
    workspace_id uuid NOT NULL REFERENCES workspaces,
    user_id      bigint NOT NULL REFERENCES users,
    role         text NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX memberships_by_user ON memberships (user_id);

CREATE TABLE actors (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    external_id  text NOT NULL,
    type         text NOT NULL CHECK (type IN ('user', 'agent', 'system')),
    name         text NOT NULL,
    email        text,
    role         text,
    user_id      bigint REFERENCES users,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (workspace_id, external_id)
);
CREATE INDEX actors_by_user ON actors (user_id, workspace_id) WHERE user_id IS NOT NULL;
CREATE INDEX actors_by_name ON actors (workspace_id, lower(name));

CREATE TABLE projects (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    external_id  text NOT NULL,
    name         text NOT NULL,
    visibility   text NOT NULL DEFAULT 'members' CHECK (visibility IN ('members', 'workspace')),
    archived_at  timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (workspace_id, external_id)
);

CREATE TABLE project_members (
    workspace_id uuid NOT NULL REFERENCES workspaces,
    project_id   bigint NOT NULL REFERENCES projects,
    actor_id     bigint NOT NULL REFERENCES actors,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, project_id, actor_id)
);
CREATE INDEX project_members_by_actor ON project_members (actor_id);

CREATE TABLE sessions (
    id           text PRIMARY KEY,
    secret_hash  bytea NOT NULL,
    user_id      bigint REFERENCES users,
    "values"     bytea NOT NULL,
    ip           inet,
    user_agent   text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE tokens (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id uuid REFERENCES workspaces,
    user_id      bigint REFERENCES users,
    name         text NOT NULL,
    hash         bytea NOT NULL UNIQUE,
    scopes       text NOT NULL,
    created_by   bigint REFERENCES users,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,
    last_used_at timestamptz,
    last_used_ip inet,
    revoked_at   timestamptz,
    -- A service token is owned by no person and bound to one workspace.
    CHECK (user_id IS NOT NULL OR workspace_id IS NOT NULL)
);
CREATE INDEX tokens_by_workspace ON tokens (workspace_id);
CREATE INDEX tokens_by_user ON tokens (user_id);

-- Failed sign-ins by a keyed hash of the account or of the address: no name, no address is kept.
CREATE TABLE sign_in_attempts (
    key        bytea PRIMARY KEY,
    failures   integer NOT NULL,
    retry_at   timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- The link that makes the first admin, while there is none. One row at most.
CREATE TABLE setup_links (
    single     boolean PRIMARY KEY DEFAULT true CHECK (single),
    hash       bytea NOT NULL,
    expires_at timestamptz NOT NULL
);

-- What is true of the whole instance, such as being a demo.
CREATE TABLE instance_settings (
    key   text PRIMARY KEY,
    value text NOT NULL
);
