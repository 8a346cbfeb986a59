-- +goose Up
-- A process of the version before this one may be the journal's writer, which gives no activity any words. From here on, no batch of it is under
-- way: each holds this row. When this is committed it is deposed. (Were it elected again, the next writer of this version finds what it posted.)
UPDATE journal_head SET fence = fence + 1;

-- The index of words, written by services/words: what each activity is searched by. It can be made again from the activities at any time.

-- words holds, before each word, a mark of the workspace: a search goes through the words of its own workspace alone, however many others
-- there are. Positions are kept for phrases.
CREATE TABLE activity_words (
    workspace_id uuid NOT NULL,
    seq          bigint NOT NULL,
    words        tsvector NOT NULL,
    PRIMARY KEY (workspace_id, seq)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

-- How often each word occurs decides how a search is carried out.
ALTER TABLE activity_words ALTER COLUMN words SET STATISTICS 300;

CREATE INDEX activity_words_words ON activity_words USING gin (words) WITH (gin_pending_list_limit = 1024);

-- Rows up to this one have no words yet; the journal's writer fills them in while it has nothing else to do.
ALTER TABLE workspace_heads ADD COLUMN words_missing bigint NOT NULL DEFAULT 0;
UPDATE workspace_heads SET words_missing = seq;
