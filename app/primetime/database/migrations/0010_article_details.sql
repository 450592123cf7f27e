-- All that PubMed tells of an article, what was stored before a change, and articles that are wanted.

ALTER TABLE articles
    ADD COLUMN volume text NOT NULL DEFAULT '',
    ADD COLUMN issue text NOT NULL DEFAULT '',
    ADD COLUMN pages text NOT NULL DEFAULT '',
    -- grants, references, chemicals, notices, history and the rest, as an object with the fields of the Python class
    -- Details; fields that are empty are left out
    ADD COLUMN details jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN record_hash text NOT NULL DEFAULT '',   -- of all that was read; empty: stored before this was kept
    ADD COLUMN retracted boolean NOT NULL GENERATED ALWAYS AS
        (publication_types @> ARRAY['Retracted Publication']) STORED;

CREATE INDEX articles_doi ON articles (lower(doi)) WHERE doi IS NOT NULL;

-- What an article was before it was replaced by a newer record or withdrawn by PubMed.
CREATE TABLE article_revisions (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    pmid bigint NOT NULL,
    version integer NOT NULL,
    record jsonb NOT NULL,             -- the row of articles, without its search document
    reason text NOT NULL CHECK (reason IN ('replaced', 'deleted')),
    ended_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX article_revisions_pmid ON article_revisions (pmid, id);

-- PMIDs that somebody asked for and that are not stored yet.
CREATE TABLE wanted_articles (
    pmid bigint PRIMARY KEY CHECK (pmid > 0),
    wanted_since timestamptz NOT NULL DEFAULT now()
);
