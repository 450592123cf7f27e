-- Queries of the keywords' room.

-- name: terms_of_articles
-- The headings and the authors' keywords of some articles, and in how many of them each stands.
SELECT kind, term, count(*) AS articles FROM (
    SELECT DISTINCT pmid, 'mesh' AS kind, heading ->> 'name' AS term
    FROM articles, jsonb_array_elements(mesh) AS heading WHERE pmid = ANY (%(pmids)s)
    UNION
    SELECT DISTINCT pmid, 'keyword', lower(keyword)
    FROM articles, unnest(keywords) AS keyword WHERE pmid = ANY (%(pmids)s)
) AS terms
WHERE length(term) BETWEEN 2 AND 120
GROUP BY kind, term
ORDER BY articles DESC, term
LIMIT %(limit)s;

-- name: headings_named
-- The headings of stored articles that are named like these texts, as MeSH writes them, with its own identifiers.
SELECT heading ->> 'name', max(heading ->> 'ui')
FROM unnest(%(names)s::text[]) AS wanted
CROSS JOIN LATERAL (
    SELECT mesh FROM articles WHERE mesh @> jsonb_build_array(jsonb_build_object('name', wanted)) LIMIT 1
) AS one, jsonb_array_elements(one.mesh) AS heading
WHERE heading ->> 'name' = wanted
GROUP BY 1;
