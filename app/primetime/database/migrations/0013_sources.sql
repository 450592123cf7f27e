-- What is asked of PubMed and the citation sources, and what they said.

-- When each source may be asked next, for all processes together. Losing it loses nothing.
CREATE UNLOGGED TABLE source_turns (
    source text PRIMARY KEY,
    next_at timestamptz NOT NULL
);

-- Replies that need not be asked for again before they expire. Losing it loses nothing.
CREATE UNLOGGED TABLE source_replies (
    key text PRIMARY KEY,              -- sha256 of source, path and parameters, keys and addresses left out
    body bytea NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX source_replies_expires_at ON source_replies (expires_at);

-- What each source knows of an article's citations. No row: never answered. NULL citations: it does not know the article.
CREATE TABLE article_citations (
    pmid bigint NOT NULL REFERENCES articles ON DELETE CASCADE,
    source text NOT NULL CHECK (source IN ('icite', 'openalex', 'crossref')),
    citations integer CHECK (citations >= 0),
    by_year jsonb,                     -- [{year, citations}], oldest first; NULL: the source does not say
    relative_citation_ratio double precision,  -- iCite: citations a year over those expected of its field
    percentile double precision,       -- iCite: of that ratio among NIH-funded papers, 0..100
    looked_up_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (pmid, source)
);

CREATE INDEX article_citations_age ON article_citations (source, looked_up_at);

-- Words that PubMed has translated to a MeSH heading: its entry terms, as far as they were met.
CREATE TABLE mesh_entry_terms (
    term text NOT NULL,                -- in lower case: heart attack
    heading text NOT NULL,             -- in lower case, as PubMed writes it: myocardial infarction
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (term, heading)
);

CREATE INDEX mesh_entry_terms_heading ON mesh_entry_terms (heading);
