-- +goose Up
-- What a workspace stores less of than it is sent. A workspace that is there goes on storing addresses and agents; values under keys that are the
-- names of secrets are stored nowhere any more from now on.

ALTER TABLE workspaces
    ADD COLUMN addresses   text NOT NULL DEFAULT 'keep' CHECK (addresses IN ('keep', 'truncate', 'drop')),
    ADD COLUMN agents      text NOT NULL DEFAULT 'keep' CHECK (agents IN ('keep', 'drop')),
    -- Patterns of keys, one a line (models.Minimising). The default is models.DefaultDeniedKeys.
    ADD COLUMN denied_keys text NOT NULL DEFAULT E'*password*\npasswd\npwd\npassphrase\n*secret*\ntoken\n*_token\n*authorization*\ncookie\nset-cookie\napi_key\n*apikey\nprivate_key\n*credential*\ncard_number\ncvv';
