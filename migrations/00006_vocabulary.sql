-- +goose Up
-- How a workspace calls its actions and its types of entity, where that is not how they are called by themselves: written by services/vocabulary.

-- An empty text, and no hue, is what is built in. A term that is set back stays, so that its version goes on.
CREATE TABLE vocabulary_terms (
    workspace_id uuid NOT NULL REFERENCES workspaces,
    kind         text NOT NULL CHECK (kind IN ('action', 'type')),
    name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    label        text NOT NULL DEFAULT '',
    sentence     text NOT NULL DEFAULT '' CHECK (sentence = '' OR kind = 'action'),
    icon         text NOT NULL DEFAULT '',
    hue          smallint CHECK (hue BETWEEN 0 AND 9),
    url          text NOT NULL DEFAULT '' CHECK (url = '' OR kind = 'type'),
    version      bigint NOT NULL DEFAULT 1,
    updated_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, kind, name)
);

-- Counts the changes of the vocabulary. It is read with the workspace anyway, so that whoever keeps the terms knows at once that they are old.
ALTER TABLE workspaces ADD COLUMN vocabulary_version bigint NOT NULL DEFAULT 0;

INSERT INTO sources (kind, key) VALUES ('daybook', 'vocabulary') ON CONFLICT DO NOTHING;
