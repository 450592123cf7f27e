-- name: forget_pairs
DELETE FROM near_duplicates

-- name: insert_pairs
-- An article deleted while the analysis ran is passed over.
INSERT INTO near_duplicates (run_id, one, other, similarity)
SELECT %(run_id)s, found.one, found.other, found.similarity
FROM unnest(%(ones)s::bigint[], %(others)s::bigint[], %(similarities)s::real[]) AS found (one, other, similarity)
JOIN articles AS a ON a.pmid = found.one
JOIN articles AS b ON b.pmid = found.other

-- name: pairs
SELECT pair.one, pair.other, pair.similarity, a.title, b.title AS other_title
FROM near_duplicates AS pair
JOIN articles AS a ON a.pmid = pair.one
JOIN articles AS b ON b.pmid = pair.other
ORDER BY pair.similarity DESC, pair.one, pair.other
