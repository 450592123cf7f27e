-- Articles that are one and the same, as links that can be undone: no article is deleted for being a duplicate.

CREATE TABLE duplicate_links (
    duplicate bigint PRIMARY KEY REFERENCES articles (pmid) ON DELETE CASCADE,   -- left out of lists and exports
    kept bigint NOT NULL REFERENCES articles (pmid) ON DELETE CASCADE,           -- stands for both
    reason text NOT NULL CHECK (reason IN ('pmid', 'doi', 'fuzzy')),
    likeness real NOT NULL,                                                      -- of the titles, 0 to 1
    found_at timestamptz NOT NULL DEFAULT now(),
    CHECK (duplicate <> kept)
);

CREATE INDEX duplicate_links_kept ON duplicate_links (kept);

-- Pairs that a person has said are two articles; they are not linked again.
CREATE TABLE not_duplicates (
    one bigint NOT NULL REFERENCES articles (pmid) ON DELETE CASCADE,
    other bigint NOT NULL REFERENCES articles (pmid) ON DELETE CASCADE,
    said_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (one, other),
    CHECK (one < other)
);

CREATE INDEX not_duplicates_other ON not_duplicates (other);

-- Whether any article is without a PMID is asked after every import.
CREATE INDEX articles_local ON articles (pmid) WHERE pmid > 4500000000000000;
