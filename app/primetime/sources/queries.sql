-- Queries of the sources' room.

-- name: take_turn
-- None where the next free moment comes after more than `longest` seconds: a turn that nobody waits for would only put
-- off those after it.
INSERT INTO source_turns AS turn (source, next_at)
VALUES (%(source)s, clock_timestamp() + %(spacing)s * interval '1 second')
ON CONFLICT (source) DO UPDATE
SET next_at = greatest(turn.next_at, clock_timestamp()) + %(spacing)s * interval '1 second'
WHERE turn.next_at <= clock_timestamp() + %(longest)s * interval '1 second'
RETURNING extract(epoch FROM turn.next_at - clock_timestamp())::float8 - %(spacing)s::float8;

-- name: wait
SELECT extract(epoch FROM next_at - clock_timestamp())::float8 FROM source_turns WHERE source = %(source)s;

-- name: hold_back
INSERT INTO source_turns AS turn (source, next_at)
VALUES (%(source)s, clock_timestamp() + %(seconds)s * interval '1 second')
ON CONFLICT (source) DO UPDATE
SET next_at = greatest(turn.next_at, clock_timestamp() + %(seconds)s * interval '1 second');

-- name: kept_reply
SELECT body FROM source_replies WHERE key = %(key)s AND expires_at > now();

-- name: keep_reply
WITH expired AS (DELETE FROM source_replies WHERE expires_at <= now() AND key <> %(key)s)
INSERT INTO source_replies (key, body, expires_at)
VALUES (%(key)s, %(body)s, now() + %(seconds)s * interval '1 second')
ON CONFLICT (key) DO UPDATE SET body = excluded.body, expires_at = excluded.expires_at;

-- name: remember_entry_term
INSERT INTO mesh_entry_terms (term, heading) VALUES (%(term)s, %(heading)s)
ON CONFLICT (term, heading) DO UPDATE SET seen_at = now();

-- name: entry_terms
SELECT heading, array_agg(term ORDER BY term) FROM mesh_entry_terms
WHERE heading = ANY (%(headings)s) AND term <> heading GROUP BY heading;

-- name: mesh_terms
-- What MeSH has said of headings.
SELECT heading, terms FROM mesh_headings WHERE heading = ANY (%(headings)s) AND terms IS NOT NULL;

-- name: mesh_fresh
-- The headings that MeSH need not be asked about.
SELECT heading FROM mesh_headings
WHERE heading = ANY (%(headings)s) AND asked_at > now() - %(days)s * interval '1 day';

-- name: remember_heading
INSERT INTO mesh_headings AS known (heading, terms, told_at)
VALUES (%(heading)s, %(terms)s::text[], CASE WHEN %(terms)s::text[] IS NOT NULL THEN now() END)
ON CONFLICT (heading) DO UPDATE SET
    terms = coalesce(excluded.terms, known.terms), told_at = coalesce(excluded.told_at, known.told_at), asked_at = now();

-- name: headings_of_terms
SELECT DISTINCT heading FROM mesh_entry_terms WHERE term = ANY (%(terms)s);

-- name: store_citation
-- What an answer does not tell stays as it was told before, with the date of that.
INSERT INTO article_citations AS known
    (pmid, source, citations, by_year, relative_citation_ratio, percentile, looked_up_at)
SELECT pmid, %(source)s, %(citations)s, %(by_year)s, %(relative_citation_ratio)s, %(percentile)s, now()
FROM articles WHERE pmid = %(pmid)s FOR KEY SHARE
ON CONFLICT (pmid, source) DO UPDATE SET
    citations = coalesce(excluded.citations, known.citations),
    looked_up_at = CASE WHEN excluded.citations IS NULL AND known.citations IS NOT NULL
        THEN known.looked_up_at ELSE now() END,
    not_known_at = CASE WHEN excluded.citations IS NULL AND known.citations IS NOT NULL THEN now() END,
    by_year = coalesce(excluded.by_year, known.by_year),
    by_year_told_at = CASE WHEN excluded.by_year IS NULL AND known.by_year IS NOT NULL
        THEN coalesce(known.by_year_told_at, known.looked_up_at) ELSE now() END,
    -- iCite's percentile is of its ratio: they are of one answer.
    relative_citation_ratio = coalesce(excluded.relative_citation_ratio, known.relative_citation_ratio),
    percentile = CASE WHEN excluded.relative_citation_ratio IS NULL THEN coalesce(excluded.percentile, known.percentile)
        ELSE excluded.percentile END,
    ratio_told_at = CASE WHEN excluded.relative_citation_ratio IS NULL AND known.relative_citation_ratio IS NOT NULL
        THEN coalesce(known.ratio_told_at, known.looked_up_at) ELSE now() END;

-- name: lack_fresh_citations
-- Of articles that a source was not asked about within so many days. Crossref goes by the DOI, the others by the PMID:
-- an article without one has a number of ours, above every PMID.
articles AS a
LEFT JOIN article_citations AS known ON known.pmid = a.pmid AND known.source = %(source)s
WHERE (%(pmids)s::bigint[] IS NULL OR a.pmid = ANY (%(pmids)s))
    AND (known.pmid IS NULL
        OR greatest(known.looked_up_at, known.not_known_at) < now() - %(days)s * interval '1 day')
    AND (%(source)s = 'crossref' OR a.pmid <= %(largest_pmid)s)

-- name: without_fresh_citations
-- Longest ago first.
SELECT a.pmid, a.doi FROM {articles}
ORDER BY greatest(known.looked_up_at, known.not_known_at) NULLS FIRST, a.pmid
LIMIT %(limit)s;

-- name: count_without_fresh_citations
SELECT count(*) FROM (SELECT FROM {articles} LIMIT %(limit)s) AS lacking;

-- name: citations_of
SELECT pmid, source, citations, by_year, relative_citation_ratio, percentile, looked_up_at,
    coalesce(ratio_told_at, looked_up_at) AS ratio_told_at, coalesce(by_year_told_at, looked_up_at) AS by_year_told_at
FROM article_citations WHERE pmid = ANY (%(pmids)s) ORDER BY pmid, source;
