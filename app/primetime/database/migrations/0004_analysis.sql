-- Published analyses. A run is here whole or not at all.

CREATE TABLE analysis_runs (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    started_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    model_hash text NOT NULL REFERENCES encoder_models,
    release_id text NOT NULL,
    snapshot text NOT NULL,            -- sha256 of the PMIDs, texts and years that were analysed
    articles integer NOT NULL,
    topics integer NOT NULL,
    outliers integer NOT NULL,         -- articles that belong to no topic
    parameters jsonb NOT NULL,
    reference jsonb NOT NULL           -- the distributions that scores are percentiles of
);

CREATE TABLE analysis_topics (
    run_id bigint NOT NULL REFERENCES analysis_runs ON DELETE CASCADE,
    id integer NOT NULL CHECK (id >= 0),
    name text NOT NULL,
    terms text[] NOT NULL,
    articles integer NOT NULL,
    x real NOT NULL,
    y real NOT NULL,
    growth double precision,           -- NULL: no dates to tell from
    years jsonb NOT NULL,              -- [{year, articles}]
    forecast jsonb NOT NULL,           -- {method, naive, points} or {refused}
    opportunity jsonb NOT NULL,        -- {score, label, novelty, velocity, recency} or {refused}
    recommendation text NOT NULL,
    receipt jsonb,                     -- NULL: refused
    representative bigint[] NOT NULL,  -- PMIDs nearest to the centre, nearest first
    PRIMARY KEY (run_id, id)
);

CREATE TABLE analysis_articles (
    run_id bigint NOT NULL REFERENCES analysis_runs ON DELETE CASCADE,
    pmid bigint NOT NULL REFERENCES articles ON DELETE CASCADE,
    topic_id integer NOT NULL,         -- -1: no topic
    x real NOT NULL,
    y real NOT NULL,
    PRIMARY KEY (run_id, pmid)
);

CREATE INDEX analysis_articles_topic ON analysis_articles (run_id, topic_id);
CREATE INDEX analysis_articles_pmid ON analysis_articles (pmid);
