-- What scores are measured against. A reference never changes; a newer one takes its place for later runs alone.

CREATE TABLE opportunity_references (
    id text PRIMARY KEY,               -- the beginning of the sha256 of what follows from `method` to `percentiles`
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    method text NOT NULL,
    model_hash text NOT NULL REFERENCES encoder_models,
    snapshot text NOT NULL,            -- of the corpus that it was made from
    articles integer NOT NULL,
    topics integer NOT NULL,
    last_complete_year integer NOT NULL,
    papers jsonb NOT NULL,             -- {year: papers} of that corpus: the field's clock and its growth
    percentiles jsonb NOT NULL,        -- {novelty, velocity, recency}: 21 percentiles over its topics
    release_id text NOT NULL,
    why text NOT NULL                  -- what made a new one due
);

CREATE INDEX opportunity_references_newest ON opportunity_references (model_hash, method, made_at DESC);

-- NULL: no topic was scored, or the run is older than references are.
ALTER TABLE analysis_runs ADD COLUMN reference_id text REFERENCES opportunity_references;
