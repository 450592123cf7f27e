-- Pairs of articles with nearly the same text, as an analysis of everything found them in its graph.
CREATE TABLE near_duplicates (
    run_id bigint NOT NULL REFERENCES analysis_runs ON DELETE CASCADE,
    one bigint NOT NULL REFERENCES articles ON DELETE CASCADE,
    other bigint NOT NULL REFERENCES articles ON DELETE CASCADE,
    similarity real NOT NULL,          -- cosine
    PRIMARY KEY (run_id, one, other),
    CHECK (one < other)
);

-- For articles that are deleted.
CREATE INDEX near_duplicates_one ON near_duplicates (one);
CREATE INDEX near_duplicates_other ON near_duplicates (other);
