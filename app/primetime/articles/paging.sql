-- Where a page begins that follows another: the keys of the order, so that a far page costs what the first does.
-- Articles without a date come last in either order, in a part of their own.

-- name: newest_dated
(publication_date, pmid) < (%(key)s::date, %(pmid)s)

-- name: newest_undated
publication_date IS NULL AND pmid < %(pmid)s

-- name: oldest_dated
(publication_date, pmid) > (%(key)s::date, %(pmid)s)

-- name: oldest_undated
publication_date IS NULL AND pmid > %(pmid)s

-- name: title_titled
(left(title, 200), pmid) > (%(key)s, %(pmid)s)

-- name: keys
SELECT publication_date, left(title, 200) FROM articles WHERE pmid = %(pmid)s;
