-- +goose Up
-- The cube added up, for whoever may read a whole workspace: what it costs to show a year of it depends on the days, not on what happened in them.
-- The cube's own triggers keep the totals, so that posting, purging and counting in another zone need not know of them. Counts that came down to 0 stay.

-- Three sums of daily_counts in one table. facet 1: by type, action and outcome; 2: by actor (id); 3: by project (id, 0 for none).
CREATE TABLE daily_totals (
    workspace_id uuid NOT NULL,
    facet        smallint NOT NULL CHECK (facet IN (1, 2, 3)),
    day          date NOT NULL,
    system       boolean NOT NULL,
    id           bigint NOT NULL,
    entity_type  text NOT NULL,
    action       text NOT NULL,
    outcome      text NOT NULL,
    count        bigint NOT NULL,
    PRIMARY KEY (workspace_id, facet, day, system, id, entity_type, action, outcome)
) WITH (fillfactor = 80);
CREATE INDEX daily_totals_project ON daily_totals (workspace_id, id, day) WHERE facet = 3; -- the days of one project

CREATE TABLE hourly_totals (
    workspace_id uuid NOT NULL,
    hour         timestamptz NOT NULL,
    outcome      text NOT NULL,
    system       boolean NOT NULL,
    count        bigint NOT NULL,
    PRIMARY KEY (workspace_id, hour, outcome, system)
) WITH (fillfactor = 80);

-- +goose StatementBegin
-- What a statement did to the rows of a rollup, of which one table was added and one went. EXECUTE, because one of them does not exist for a
-- trigger that only adds.
CREATE FUNCTION follow_daily_counts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    added text := 'SELECT workspace_id, day, system, actor_id, project_id, entity_type, action, outcome, count FROM added';
    gone  text := 'SELECT workspace_id, day, system, actor_id, project_id, entity_type, action, outcome, -count AS count FROM gone';
BEGIN
    EXECUTE 'INSERT INTO daily_totals AS t
        SELECT workspace_id, CASE WHEN grouping(action) = 0 THEN 1 WHEN grouping(actor_id) = 0 THEN 2 ELSE 3 END, day, system,
               coalesce(actor_id, project_id, 0), coalesce(entity_type, ''''), coalesce(action, ''''), coalesce(outcome, ''''), sum(count)
          FROM (' || CASE TG_OP WHEN 'INSERT' THEN added WHEN 'DELETE' THEN gone ELSE added || ' UNION ALL ' || gone END || ') AS c
         GROUP BY GROUPING SETS ((workspace_id, day, system, entity_type, action, outcome), (workspace_id, day, system, actor_id), (workspace_id, day, system, project_id))
        HAVING sum(count) <> 0
        ON CONFLICT (workspace_id, facet, day, system, id, entity_type, action, outcome) DO UPDATE SET count = t.count + excluded.count';
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION follow_hourly_counts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    added text := 'SELECT workspace_id, hour, outcome, system, count FROM added';
    gone  text := 'SELECT workspace_id, hour, outcome, system, -count AS count FROM gone';
BEGIN
    EXECUTE 'INSERT INTO hourly_totals AS t
        SELECT workspace_id, hour, outcome, system, sum(count)
          FROM (' || CASE TG_OP WHEN 'INSERT' THEN added WHEN 'DELETE' THEN gone ELSE added || ' UNION ALL ' || gone END || ') AS c
         GROUP BY workspace_id, hour, outcome, system HAVING sum(count) <> 0
        ON CONFLICT (workspace_id, hour, outcome, system) DO UPDATE SET count = t.count + excluded.count';
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- They hold up whoever posts until this is committed; a process of the version before keeps the totals without knowing.
CREATE TRIGGER daily_counts_added   AFTER INSERT ON daily_counts REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION follow_daily_counts();
CREATE TRIGGER daily_counts_changed AFTER UPDATE ON daily_counts REFERENCING NEW TABLE AS added OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION follow_daily_counts();
CREATE TRIGGER daily_counts_gone    AFTER DELETE ON daily_counts REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION follow_daily_counts();
CREATE TRIGGER hourly_counts_added   AFTER INSERT ON hourly_counts REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION follow_hourly_counts();
CREATE TRIGGER hourly_counts_changed AFTER UPDATE ON hourly_counts REFERENCING NEW TABLE AS added OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION follow_hourly_counts();
CREATE TRIGGER hourly_counts_gone    AFTER DELETE ON hourly_counts REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION follow_hourly_counts();

INSERT INTO daily_totals
SELECT workspace_id, CASE WHEN grouping(action) = 0 THEN 1 WHEN grouping(actor_id) = 0 THEN 2 ELSE 3 END, day, system,
       coalesce(actor_id, project_id, 0), coalesce(entity_type, ''), coalesce(action, ''), coalesce(outcome, ''), sum(count)
  FROM daily_counts
 GROUP BY GROUPING SETS ((workspace_id, day, system, entity_type, action, outcome), (workspace_id, day, system, actor_id), (workspace_id, day, system, project_id))
HAVING sum(count) <> 0;

INSERT INTO hourly_totals
SELECT workspace_id, hour, outcome, system, sum(count) FROM hourly_counts GROUP BY 1, 2, 3, 4 HAVING sum(count) <> 0;
