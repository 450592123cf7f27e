-- Searches of PubMed: what was asked, how it stands, and what was found in which order.

CREATE TABLE searches (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    account_id bigint REFERENCES accounts ON DELETE SET NULL,
    idea text NOT NULL DEFAULT '',
    keywords text NOT NULL DEFAULT '',           -- between semicolons
    query text NOT NULL CHECK (query <> ''),
    concepts jsonb NOT NULL DEFAULT '[]',        -- what the query was made from: [{name, terms: [{text, field, on}]}]
    limits jsonb NOT NULL DEFAULT '{}',          -- {first, last, publication_types, languages}
    max_results integer NOT NULL CHECK (max_results BETWEEN 1 AND 10000),
    state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'running', 'done', 'cancelled', 'failed')),
    step text NOT NULL DEFAULT 'planning'
        CHECK (step IN ('planning', 'fetching', 'citations', 'embedding', 'scoring', 'finished')),
    articles_found bigint,                       -- PubMed's whole count; NULL: not asked yet
    query_understood text NOT NULL DEFAULT '',   -- as PubMed repeated it
    beyond_reach integer NOT NULL DEFAULT 0,     -- articles that no search by dates could list
    seconds_left double precision,               -- NULL: nothing to tell from
    fetch_rate double precision,                 -- articles a second
    encode_rate double precision,                -- articles a second
    problem text NOT NULL DEFAULT '',            -- why it failed, waits, or lacks something
    model_hash text,                             -- of the vectors that similarities are from
    scores jsonb,                                -- {score, label, novelty, velocity, recency, …} or {refused}
    requested_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz
);

CREATE INDEX searches_newest ON searches (id DESC) WHERE state IN ('planned', 'running');

-- The plan and what became of it, one row an article. A PMID may not be stored yet, so it refers to nothing.
CREATE TABLE search_articles (
    search_id bigint NOT NULL REFERENCES searches ON DELETE CASCADE,
    pmid bigint NOT NULL CHECK (pmid > 0),
    rank integer NOT NULL CHECK (rank > 0),      -- in PubMed's order
    fetched_at timestamptz,                      -- when it was stored, or found to be; NULL: still to do
    is_new boolean NOT NULL DEFAULT false,       -- first stored by this search
    problem text NOT NULL DEFAULT '',            -- why there is no record of it
    similarity real,                             -- cosine to the idea; NULL: not scored
    PRIMARY KEY (search_id, pmid),
    UNIQUE (search_id, rank)
);

CREATE INDEX search_articles_pmid ON search_articles (pmid);
