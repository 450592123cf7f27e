-- name: counted
-- An article that is linked to another is the same paper: it is counted once, as the one that stands for both. What
-- selects articles for an analysis has this condition; `a` is the article.
NOT EXISTS (SELECT FROM duplicate_links AS link WHERE link.duplicate = a.pmid)

-- name: month
-- Of an interval that lies in one month that month, from year 0 on.
CASE WHEN date_trunc('month', publication_date) = date_trunc('month', publication_date_last)
    THEN (extract(year FROM publication_date) * 12 + extract(month FROM publication_date) - 1)::int END

-- name: cited_by_year
-- Of the citations by year of article `a`: those of the source that told them last, and the year in which it told them.
(
    SELECT md5(concat(
        extract(year FROM coalesce(told.by_year_told_at, told.looked_up_at) AT TIME ZONE 'UTC'), told.by_year
    ))
    FROM article_citations AS told
    WHERE told.pmid = a.pmid AND told.by_year IS NOT NULL
    ORDER BY coalesce(told.by_year_told_at, told.looked_up_at) DESC, told.source
    LIMIT 1
)

-- name: corpus
-- How many they are comes with each, as it has to be of the same moment. `beside`: and what the newest analysis of
-- everything knows, without what was placed since: that comes with others' searches.
WITH a AS NOT MATERIALIZED (
    SELECT a.*, v.embedding
    FROM article_vectors AS v
    JOIN articles AS a USING (pmid)
    WHERE v.model_hash = %(model_hash)s AND v.content_hash = a.content_hash AND {counted}
        AND (%(pmids)s::bigint[] IS NULL OR a.pmid = ANY (%(pmids)s) OR %(beside)s AND EXISTS (
            SELECT FROM analysis_articles AS place
            WHERE place.run_id = (SELECT max(id) FROM analysis_runs WHERE scope = 'everything') AND place.pmid = a.pmid
                AND NOT place.assigned
        ))
)
SELECT
    (SELECT count(*) FROM a) AS articles,
    pmid, embedding, publication_year, content_hash, {month} AS publication_month,
    CASE WHEN %(with_words)s THEN title END AS title, CASE WHEN %(with_words)s THEN abstract END AS abstract,
    (SELECT array_agg(heading ->> 'name') FROM jsonb_array_elements(mesh) AS heading) AS mesh,
    md5(mesh::text) AS headings, cited.relative_citation_ratio,
    (coalesce(cited.ratio_told_at, cited.looked_up_at) AT TIME ZONE 'UTC')::date AS looked_up,
    {cited_by_year} AS cited_by_year
FROM a
LEFT JOIN (SELECT * FROM article_citations WHERE source = 'icite') AS cited USING (pmid)
ORDER BY pmid

-- name: corpus_stamps
-- `assigned`: whether it was placed in the run's topics after that; NULL: the run does not know it.
SELECT place.assigned, a.pmid, a.content_hash, a.publication_year, md5(a.mesh::text), cited.relative_citation_ratio,
    {month}, {cited_by_year}
FROM article_vectors AS v
JOIN articles AS a USING (pmid)
LEFT JOIN analysis_articles AS place ON place.run_id = %(run_id)s AND place.pmid = a.pmid
LEFT JOIN article_citations AS cited ON cited.pmid = a.pmid AND cited.source = 'icite'
WHERE v.model_hash = %(model_hash)s AND v.content_hash = a.content_hash AND {counted}
ORDER BY a.pmid

-- name: count_articles
SELECT count(*)
FROM (
    SELECT FROM articles AS a WHERE (%(pmids)s::bigint[] IS NULL OR a.pmid = ANY (%(pmids)s)) AND {counted}
    LIMIT %(enough)s
) AS found

-- name: count_encoded
SELECT count(*)
FROM (
    SELECT
    FROM article_vectors AS v
    JOIN articles AS a USING (pmid)
    WHERE v.model_hash = %(model_hash)s AND v.content_hash = a.content_hash AND {counted}
    LIMIT %(enough)s
) AS found
