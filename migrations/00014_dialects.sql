-- +goose Up
-- A session that was begun over JSON: its secret is a bearer token, never a cookie, and it ends at expires_at, however much it is used.
ALTER TABLE sessions ADD COLUMN bearer boolean NOT NULL DEFAULT false;

-- +goose Down
-- without the column they would be taken for cookies, which last as long as they are used
DELETE FROM sessions WHERE bearer;
ALTER TABLE sessions DROP COLUMN bearer;
