-- name: anything_local
SELECT EXISTS (SELECT FROM articles WHERE pmid > 4500000000000000);

-- name: fingerprints
SELECT pmid, doi, title, publication_year, volume, pages, journal, journal_abbreviation,
    ARRAY(SELECT coalesce(author ->> 'last_name', author ->> 'collective_name', '')
        FROM jsonb_array_elements(authors) WITH ORDINALITY AS listed (author, place)
        WHERE place <= 3 ORDER BY place) AS authors
FROM articles;

-- name: refused
SELECT one, other FROM not_duplicates;

-- name: forget_links
DELETE FROM duplicate_links;

-- name: add_links
INSERT INTO duplicate_links (duplicate, kept, reason, likeness, found_at)
VALUES (%(duplicate)s, %(kept)s, %(reason)s, %(likeness)s, coalesce(%(found_at)s, now()));

-- name: links
SELECT duplicate, kept, reason, likeness, found_at FROM duplicate_links;

-- name: group_of
WITH self AS (
    SELECT coalesce((SELECT kept FROM duplicate_links WHERE duplicate = %(pmid)s), %(pmid)s) AS kept
)
SELECT kept AS pmid FROM self
UNION ALL
SELECT duplicate FROM duplicate_links JOIN self USING (kept)
ORDER BY pmid;

-- name: kept_for
SELECT kept FROM duplicate_links WHERE duplicate = %(pmid)s;

-- name: duplicates_of
SELECT duplicate FROM duplicate_links WHERE kept = %(pmid)s ORDER BY duplicate;

-- name: linked_among
SELECT duplicate FROM duplicate_links WHERE duplicate = ANY (%(pmids)s);

-- name: forget_link
DELETE FROM duplicate_links WHERE duplicate = %(pmid)s;

-- name: refuse
INSERT INTO not_duplicates (one, other)
SELECT least(%(pmid)s, member), greatest(%(pmid)s, member)
FROM unnest(%(members)s::bigint[]) AS member WHERE member <> %(pmid)s
ON CONFLICT DO NOTHING;
