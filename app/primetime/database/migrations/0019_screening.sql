-- What people make of articles: collections, what each reviewer decided in them, and notes. An article that PubMed
-- withdraws takes none of it along, so nothing here refers to the table of articles.

CREATE TABLE collections (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    shared boolean NOT NULL DEFAULT false,     -- with everybody who has an account
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (owner_id, name)
);

CREATE TABLE collection_articles (
    collection_id bigint NOT NULL REFERENCES collections ON DELETE CASCADE,
    pmid bigint NOT NULL,
    added_by bigint REFERENCES accounts ON DELETE SET NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (collection_id, pmid)
);

-- One reviewer's decision; two may differ, which is what screening by two is for.
CREATE TABLE screening_marks (
    collection_id bigint NOT NULL,
    pmid bigint NOT NULL,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    mark text NOT NULL CHECK (mark IN ('include', 'exclude', 'maybe')),
    reason text NOT NULL DEFAULT '',
    marked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (collection_id, pmid, account_id),
    FOREIGN KEY (collection_id, pmid) REFERENCES collection_articles ON DELETE CASCADE
);

CREATE TABLE notes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pmid bigint NOT NULL,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    text text NOT NULL,
    shared boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX notes_pmid ON notes (pmid, id);
