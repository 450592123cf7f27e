-- Articles as PubMed describes them, one row a PMID.

-- Everybody who wrote the article, as one text for the full-text index.
CREATE FUNCTION author_names(authors jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(coalesce(author ->> 'last_name', author ->> 'collective_name'), ' '), '')
    FROM jsonb_array_elements(authors) AS author
$$;

CREATE FUNCTION mesh_names(mesh jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(heading ->> 'name', ' '), '') FROM jsonb_array_elements(mesh) AS heading
$$;

CREATE TABLE articles (
    pmid bigint PRIMARY KEY CHECK (pmid > 0),
    version integer NOT NULL DEFAULT 1,
    title text NOT NULL,
    abstract text NOT NULL DEFAULT '',
    abstract_sections jsonb NOT NULL DEFAULT '[]',   -- [{label, text}]
    journal text NOT NULL DEFAULT '',
    journal_abbreviation text NOT NULL DEFAULT '',
    publication_year integer,
    publication_date date,                           -- first day of the interval printed; NULL: unknown, never today
    publication_date_last date,                      -- last day of that interval
    publication_date_printed text NOT NULL DEFAULT '',
    authors jsonb NOT NULL DEFAULT '[]',             -- [{last_name, fore_name, initials, suffix, collective_name, orcid, affiliations}]
    mesh jsonb NOT NULL DEFAULT '[]',                -- [{ui, name, major, qualifiers: [{ui, name, major}]}]
    publication_types text[] NOT NULL DEFAULT '{}',
    keywords text[] NOT NULL DEFAULT '{}',
    doi text,
    pmc text,
    languages text[] NOT NULL DEFAULT '{}',
    owner text NOT NULL DEFAULT '',
    content_hash text NOT NULL,                      -- sha256 of the text that the encoder reads
    made_up boolean NOT NULL GENERATED ALWAYS AS (owner = 'MADE-UP') STORED,
    imported_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    search_document tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('english', title), 'A')
        || setweight(to_tsvector('english', mesh_names(mesh)), 'B')
        || setweight(to_tsvector('english', abstract), 'C')
        || setweight(to_tsvector('english', author_names(authors)), 'D')
    ) STORED,
    CHECK (publication_date_last >= publication_date)
);

CREATE INDEX articles_newest ON articles (publication_date DESC NULLS LAST, pmid DESC);
CREATE INDEX articles_year ON articles (publication_year);
CREATE INDEX articles_journal ON articles (journal);
CREATE INDEX articles_publication_types ON articles USING gin (publication_types);
CREATE INDEX articles_mesh ON articles USING gin (mesh jsonb_path_ops);
CREATE INDEX articles_search_document ON articles USING gin (search_document);
