-- When PubMed was last asked for a stored article: it may be retracted or corrected after it was stored.
-- Beside the articles, whose rows are wide and whose every change makes kept answers old.
CREATE TABLE article_checks (
    pmid bigint PRIMARY KEY REFERENCES articles ON DELETE CASCADE,  -- no row: not since the article was stored
    checked_at timestamptz NOT NULL
);
