-- +goose Up
-- A session whose user became more, or less, gets a new id and secret with its next request: written by services/auth.
ALTER TABLE sessions ADD COLUMN rotate boolean NOT NULL DEFAULT false;
