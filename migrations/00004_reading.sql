-- +goose Up
-- How people read: preferences of users (services/account), saved views (services/savedview), and how far they had read
-- (services/lastvisit).

ALTER TABLE users
    ADD COLUMN theme       text NOT NULL DEFAULT 'system' CHECK (theme IN ('system', 'light', 'dark')),
    ADD COLUMN date_format text NOT NULL DEFAULT 'words' CHECK (date_format IN ('words', 'iso', 'american', 'slashes'));

-- When the browser was last given the cookie anew; a session of before is due at once.
ALTER TABLE sessions ADD COLUMN cookie_sent_at timestamptz NOT NULL DEFAULT 'epoch';

-- A filtered feed with a name. query is the canonical text of a feed.Filter, never instants: "the last seven days" stays that.
CREATE TABLE saved_views (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    user_id      bigint NOT NULL REFERENCES users, -- whose it is
    name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    query        text NOT NULL CHECK (octet_length(query) <= 8192),
    shared       boolean NOT NULL DEFAULT false,   -- every member sees it, each with their own rows
    position     integer NOT NULL,                 -- among those of its owner
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now()
);
-- Names that differ in case alone tell nobody which is which.
CREATE UNIQUE INDEX saved_views_by_name ON saved_views (workspace_id, user_id, lower(name));
CREATE INDEX saved_views_shared ON saved_views (workspace_id) WHERE shared;

-- The view that opens first: one's own, or one that somebody shares. When it is shared no more it is passed over, not forgotten.
CREATE TABLE default_views (
    user_id      bigint NOT NULL REFERENCES users,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    view_id      bigint NOT NULL REFERENCES saved_views ON DELETE CASCADE,
    PRIMARY KEY (user_id, workspace_id)
);
CREATE INDEX default_views_by_view ON default_views (view_id);

-- How far somebody had read a workspace's log: seen_* before the visit that is under way, latest_* when they last looked.
CREATE TABLE feed_visits (
    user_id      bigint NOT NULL REFERENCES users,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    seen_seq     bigint NOT NULL DEFAULT 0,
    seen_at      timestamptz,             -- null at the first visit
    latest_seq   bigint NOT NULL,
    latest_at    timestamptz NOT NULL,
    PRIMARY KEY (user_id, workspace_id)
) WITH (fillfactor = 70);

INSERT INTO sources (kind, key) VALUES ('daybook', 'savedview') ON CONFLICT DO NOTHING;
