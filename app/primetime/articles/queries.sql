-- Queries of the articles' room.

-- name: create_incoming
-- Lists of texts come as JSON, which needs no array syntax from whoever writes it.
CREATE TEMPORARY TABLE IF NOT EXISTS incoming_articles (
    pmid bigint, version integer, title text, abstract text, abstract_sections jsonb, journal text,
    journal_abbreviation text, publication_year integer, publication_date date, publication_date_last date,
    publication_date_printed text, authors jsonb, mesh jsonb, publication_types jsonb, keywords jsonb, doi text,
    pmc text, languages jsonb, owner text, volume text, issue text, pages text, details jsonb, content_hash text,
    record_hash text
) ON COMMIT DROP;

-- name: copy_incoming
COPY incoming_articles FROM STDIN;

-- name: empty_incoming
TRUNCATE incoming_articles;

-- name: forget_unchanged
-- Most of an import that is run again. Before the upsert, as that would first index the text of each row anew.
-- The array makes the planner, who has no statistics of either table within an import, go by the primary key.
-- PubMed revises a record without giving it another version: of two that tell when, the one revised later stays.
DELETE FROM incoming_articles AS incoming
USING articles AS present
WHERE present.pmid = incoming.pmid
    AND present.pmid = ANY (ARRAY(SELECT pmid FROM incoming_articles))
    AND (present.version > incoming.version
        OR (present.version = incoming.version AND (present.record_hash = incoming.record_hash
            OR present.details ->> 'revised' > nullif(incoming.details ->> 'revised', ''))));

-- name: keep_replaced
INSERT INTO article_revisions (pmid, version, record, reason)
SELECT present.pmid, present.version, to_jsonb(present) - 'search_document', 'replaced'
FROM articles AS present WHERE present.pmid = ANY (ARRAY(SELECT pmid FROM incoming_articles));

-- name: upsert_incoming
WITH stored AS (
    INSERT INTO articles AS present (
        pmid, version, title, abstract, abstract_sections, journal, journal_abbreviation, publication_year,
        publication_date, publication_date_last, publication_date_printed, authors, mesh, publication_types, keywords,
        doi, pmc, languages, owner, volume, issue, pages, details, content_hash, record_hash)
    SELECT
        pmid, version, title, abstract, abstract_sections, journal, journal_abbreviation, publication_year,
        publication_date, publication_date_last, publication_date_printed, authors, mesh,
        ARRAY(SELECT jsonb_array_elements_text(publication_types)), ARRAY(SELECT jsonb_array_elements_text(keywords)),
        doi, pmc, ARRAY(SELECT jsonb_array_elements_text(languages)), owner, volume, issue, pages, details,
        content_hash, record_hash
    FROM incoming_articles ORDER BY pmid
    ON CONFLICT (pmid) DO UPDATE SET
        version = excluded.version,
        title = excluded.title,
        abstract = excluded.abstract,
        abstract_sections = excluded.abstract_sections,
        journal = excluded.journal,
        journal_abbreviation = excluded.journal_abbreviation,
        publication_year = excluded.publication_year,
        publication_date = excluded.publication_date,
        publication_date_last = excluded.publication_date_last,
        publication_date_printed = excluded.publication_date_printed,
        authors = excluded.authors,
        mesh = excluded.mesh,
        publication_types = excluded.publication_types,
        keywords = excluded.keywords,
        doi = excluded.doi,
        pmc = excluded.pmc,
        languages = excluded.languages,
        owner = excluded.owner,
        volume = excluded.volume,
        issue = excluded.issue,
        pages = excluded.pages,
        details = excluded.details,
        content_hash = excluded.content_hash,
        record_hash = excluded.record_hash,
        updated_at = now()
    RETURNING present.xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM stored;

-- name: delete_articles
WITH deleted AS (
    DELETE FROM articles WHERE pmid = ANY (%(pmids)s) RETURNING *
)
INSERT INTO article_revisions (pmid, version, record, reason)
SELECT pmid, version, to_jsonb(deleted) - 'search_document', 'deleted' FROM deleted;

-- name: want_articles
INSERT INTO wanted_articles (pmid)
SELECT DISTINCT wanted FROM unnest(%(pmids)s::bigint[]) AS wanted
WHERE NOT EXISTS (SELECT FROM articles WHERE pmid = wanted)
-- Who asks again wants to know what PubMed says today.
ON CONFLICT (pmid) DO UPDATE SET unknown_at = NULL, problem = '' WHERE wanted_articles.unknown_at IS NOT NULL;

-- name: wanted_articles
SELECT pmid FROM wanted_articles
WHERE %(unknown_days)s::int IS NULL OR unknown_at IS NULL
    OR unknown_at < now() - %(unknown_days)s * interval '1 day'
ORDER BY wanted_since, pmid LIMIT %(limit)s;

-- name: note_unknown
UPDATE wanted_articles AS wanted SET unknown_at = now(), problem = told.problem
FROM unnest(%(pmids)s::bigint[], %(problems)s::text[]) AS told (pmid, problem) WHERE wanted.pmid = told.pmid;

-- name: unknown_articles
SELECT pmid, problem FROM wanted_articles WHERE pmid = ANY (%(pmids)s) AND unknown_at IS NOT NULL ORDER BY pmid;

-- name: forget_wanted
DELETE FROM wanted_articles AS wanted USING articles WHERE articles.pmid = wanted.pmid;

-- name: filter
-- The WHERE of every listing; a NULL parameter does not filter.
(%(q)s::text IS NULL OR search_document @@ websearch_to_tsquery('english', %(q)s))
    AND (%(year_from)s::int IS NULL OR publication_year >= %(year_from)s)
    AND (%(year_to)s::int IS NULL OR publication_year <= %(year_to)s)
    AND (%(journal)s::text IS NULL OR journal = %(journal)s)
    AND (%(publication_type)s::text IS NULL OR publication_types @> ARRAY[%(publication_type)s::text])
    AND (%(mesh)s::text IS NULL OR mesh @> jsonb_build_array(jsonb_build_object('name', %(mesh)s::text)))
    AND (%(pmids)s::bigint[] IS NULL OR pmid = ANY (%(pmids)s))
    AND (%(duplicates)s::boolean OR pmid NOT IN (SELECT duplicate FROM duplicate_links))

-- name: newest
publication_date DESC NULLS LAST, pmid DESC

-- name: oldest
publication_date ASC NULLS LAST, pmid ASC

-- name: title
left(title, 200), pmid

-- name: relevance
ts_rank_cd(search_document, websearch_to_tsquery('english', %(q)s), 1) DESC, pmid DESC

-- name: count_articles
SELECT count(*) FROM articles WHERE {filter};

-- name: count_at_most
SELECT count(*) FROM (SELECT FROM articles WHERE {filter} LIMIT %(enough)s) AS counted;

-- name: plan_of_filter
EXPLAIN (FORMAT JSON) SELECT FROM articles WHERE {filter};

-- name: list_pmids
-- No more of an article than its number: those before the page need not be read.
SELECT pmid FROM articles WHERE {filter}
ORDER BY {order}
LIMIT %(limit)s OFFSET %(offset)s;

-- name: page_of_few
-- No more of a match than its order needs: what stands further back in the row costs as much again as visiting it.
WITH matches AS MATERIALIZED (
    SELECT pmid, {key} FROM {visited} WHERE {filter} LIMIT %(at_most)s + 1
), counted AS (
    SELECT count(*) AS matches FROM matches
)
SELECT matches, ARRAY(
    SELECT pmid FROM matches WHERE (SELECT counted.matches FROM counted) <= %(at_most)s
    ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s)
FROM counted;

-- name: articles
articles

-- name: article_words
-- As articles to the filter, of which no more than this is asked where words, years and PMIDs alone are given.
(SELECT pmid, publication_date, publication_year, search_document, NULL::text AS journal,
    NULL::text[] AS publication_types, NULL::jsonb AS mesh
FROM article_words) AS articles

-- name: by_matches
-- In this transaction alone: the index of words, headings or types is what is left to begin with. The planner takes
-- reading a long text for as cheap as reading a number, and would rather read all of them.
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', 'off', true),
    set_config('enable_indexonlyscan', 'off', true),
    -- The planner's penalty for what is off would have any query compiled.
    set_config('jit', 'off', true);

-- name: summaries_of
SELECT pmid, title, left(abstract, 400) AS beginning, journal, publication_year AS year,
    publication_date_printed AS date_printed, authors, publication_types, made_up, retracted
FROM articles WHERE pmid = ANY (%(pmids)s);

-- name: find_article
SELECT pmid, version, title, abstract, abstract_sections, journal, journal_abbreviation, publication_year AS year,
    publication_date, publication_date_last, publication_date_printed AS date_printed, authors, mesh,
    publication_types, keywords, doi, pmc, languages, volume, issue, pages, details, made_up, retracted, imported_at,
    updated_at
FROM articles WHERE pmid = %(pmid)s;

-- name: earlier_versions
SELECT version, reason, ended_at, record ->> 'title' AS title
FROM article_revisions WHERE pmid = %(pmid)s ORDER BY id DESC;

-- name: export_columns
pmid, title, abstract, journal, journal_abbreviation, publication_year, publication_date,
    publication_date_printed, authors, mesh, publication_types, keywords, doi, pmc, languages, owner, volume, issue,
    pages, details, retracted,
    {citations} AS citations,
    (SELECT relative_citation_ratio FROM article_citations AS cited
        WHERE cited.pmid = articles.pmid AND source = 'icite') AS relative_citation_ratio

-- name: citations
-- By the source that is believed before the others, of those that know the article.
(SELECT citations FROM article_citations AS cited
    WHERE cited.pmid = articles.pmid AND citations IS NOT NULL
    ORDER BY array_position(ARRAY['icite', 'openalex', 'crossref'], source) LIMIT 1)

-- name: export_articles
SELECT {columns} FROM articles WHERE {filter}
ORDER BY {order};

-- name: export_ranked
SELECT {columns} FROM unnest(%(pmids)s::bigint[]) WITH ORDINALITY AS asked (pmid, place) JOIN articles USING (pmid)
ORDER BY place;

-- name: counted
-- What lists leave out is not counted either.
pmid NOT IN (SELECT duplicate FROM duplicate_links)

-- name: corpus_counts
SELECT count(*) AS articles, count(*) FILTER (WHERE abstract <> '') AS with_abstract,
    count(*) FILTER (WHERE made_up) AS made_up
FROM articles WHERE {counted};

-- name: articles_by_year
SELECT publication_year AS year, count(*) AS articles
FROM articles WHERE {counted} AND publication_year IS NOT NULL GROUP BY publication_year ORDER BY publication_year;

-- name: largest_journals
SELECT journal AS name, count(*) AS articles
FROM articles WHERE {counted} AND journal <> '' GROUP BY journal ORDER BY articles DESC, journal LIMIT %(limit)s;
