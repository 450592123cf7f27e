-- What topics are beyond one analysis: how certain, part of what, and which they were before.

-- 'everything', or the name of a selection of articles that was analysed by itself.
ALTER TABLE analysis_runs ADD COLUMN scope text NOT NULL DEFAULT 'everything';
CREATE INDEX analysis_runs_scope ON analysis_runs (scope, id DESC);

ALTER TABLE analysis_topics
    ADD COLUMN key bigint,             -- the topic's number for life within its scope; NULL: the run is older than this
    ADD COLUMN stability real,         -- 0..1, agreement with what is found among 80 % of the articles; NULL: not asked
    ADD COLUMN agreement real,         -- Jaccard index with its former self; NULL: new
    ADD COLUMN theme integer;          -- at level 1; NULL: there are no themes
CREATE UNIQUE INDEX analysis_topics_key ON analysis_topics (run_id, key);

ALTER TABLE analysis_articles
    ADD COLUMN subtopic_id integer,    -- -1: none
    ADD COLUMN assigned boolean NOT NULL DEFAULT false; -- it came after the analysis

-- Themes (levels 1, 2, …, each coarser than the one before) and subtopics (level -1).
CREATE TABLE analysis_groups (
    run_id bigint NOT NULL REFERENCES analysis_runs ON DELETE CASCADE,
    level smallint NOT NULL CHECK (level <> 0),
    id integer NOT NULL CHECK (id >= 0),
    parent integer,                    -- at the next coarser level, of a subtopic its topic; NULL: none is coarser
    name text NOT NULL,
    terms text[] NOT NULL,
    articles integer NOT NULL,
    x real NOT NULL,
    y real NOT NULL,
    PRIMARY KEY (run_id, level, id)
);

-- What became of topics from the run before to this one.
CREATE TABLE analysis_changes (
    run_id bigint NOT NULL REFERENCES analysis_runs ON DELETE CASCADE,
    topic_key bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('born', 'split', 'merged', 'died')),
    topic_name text NOT NULL,
    other_key bigint,                  -- the topic that it split from or was merged into
    other_name text,
    share real,                        -- of its articles that are in the other
    PRIMARY KEY (run_id, topic_key)
);
CREATE INDEX analysis_changes_topic ON analysis_changes (topic_key, run_id DESC);
CREATE INDEX analysis_changes_other ON analysis_changes (other_key, run_id DESC);
