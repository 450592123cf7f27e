-- Queries of the searches' room.

-- name: create_search
INSERT INTO searches (account_id, idea, keywords, query, concepts, limits, max_results, saved_search_id)
VALUES (%(account_id)s, %(idea)s, %(keywords)s, %(query)s, %(concepts)s, %(limits)s, %(max_results)s,
    %(saved_search_id)s)
RETURNING id;

-- name: begin_search
-- One that was interrupted goes on; one that has ended stays so.
UPDATE searches SET state = 'running', started_at = coalesce(started_at, now()), problem = ''
WHERE id = %(id)s AND state IN ('planned', 'running')
RETURNING id, idea, keywords, query, max_results, articles_found;

-- name: day_before_last_run
-- Of the same saved search. A day is dated otherwise at NCBI than here: one earlier leaves nothing out.
SELECT (max(earlier.requested_at) AT TIME ZONE 'UTC')::date - 1
FROM searches AS this JOIN searches AS earlier USING (saved_search_id)
WHERE this.id = %(id)s AND earlier.id < this.id AND earlier.state = 'done';

-- name: owner_of
SELECT account_id FROM searches WHERE id = %(id)s;

-- name: state_of
SELECT state FROM searches WHERE id = %(id)s;

-- name: enter_step
UPDATE searches SET step = %(step)s WHERE id = %(id)s AND state = 'running';

-- name: store_plan
UPDATE searches SET articles_found = %(articles_found)s, query_understood = %(query_understood)s,
    beyond_reach = %(beyond_reach)s
WHERE id = %(id)s;

-- name: store_planned_articles
INSERT INTO search_articles (search_id, pmid, rank)
SELECT %(id)s, pmid, rank FROM unnest(%(pmids)s::bigint[]) WITH ORDINALITY AS planned (pmid, rank);

-- name: link_stored
-- All, or those that PubMed was asked for within so many days.
UPDATE search_articles AS planned SET fetched_at = now()
FROM articles LEFT JOIN article_checks AS checks USING (pmid)
WHERE planned.search_id = %(id)s AND planned.fetched_at IS NULL AND articles.pmid = planned.pmid
    AND (%(days)s::int IS NULL
        OR coalesce(checks.checked_at, articles.updated_at) > now() - %(days)s * interval '1 day');

-- name: to_renew
-- Longest ago first. An article without a PMID has a number of ours, above every PMID.
SELECT articles.pmid FROM articles LEFT JOIN article_checks AS checks USING (pmid)
WHERE coalesce(checks.checked_at, articles.updated_at) <= now() - %(days)s * interval '1 day'
    AND articles.pmid <= %(largest_pmid)s
ORDER BY coalesce(checks.checked_at, articles.updated_at), articles.pmid
LIMIT %(limit)s;

-- name: note_checked
INSERT INTO article_checks (pmid, checked_at)
SELECT pmid, now() FROM articles WHERE pmid = ANY (%(pmids)s)
ON CONFLICT (pmid) DO UPDATE SET checked_at = excluded.checked_at;

-- name: missing
SELECT pmid FROM search_articles
WHERE search_id = %(id)s AND fetched_at IS NULL AND problem = '' ORDER BY rank;

-- name: stored_among
SELECT pmid FROM articles WHERE pmid = ANY (%(pmids)s);

-- name: mark_fetched
UPDATE search_articles AS planned SET fetched_at = now(), is_new = NOT planned.pmid = ANY (%(known)s::bigint[])
FROM articles
WHERE planned.search_id = %(id)s AND planned.fetched_at IS NULL AND planned.pmid = ANY (%(pmids)s)
    AND articles.pmid = planned.pmid;

-- name: mark_unavailable
UPDATE search_articles SET problem = %(problem)s
WHERE search_id = %(id)s AND pmid = ANY (%(pmids)s) AND fetched_at IS NULL;

-- name: fetched_pmids
SELECT pmid FROM search_articles WHERE search_id = %(id)s AND fetched_at IS NOT NULL ORDER BY rank;

-- name: listed
-- Of a search's stored articles all, or what passes the filters, or what another search has stored also, or has not.
p.search_id = %(id)s AND p.fetched_at IS NOT NULL AND (NOT %(only_new)s OR p.is_new)
    AND {filter}
    AND (%(also_in)s::bigint IS NULL OR EXISTS (SELECT FROM search_articles AS other
        WHERE other.search_id = %(also_in)s AND other.pmid = p.pmid AND other.fetched_at IS NOT NULL))
    AND (%(not_in)s::bigint IS NULL OR NOT EXISTS (SELECT FROM search_articles AS other
        WHERE other.search_id = %(not_in)s AND other.pmid = p.pmid AND other.fetched_at IS NOT NULL))

-- name: store_similarities
UPDATE search_articles AS planned SET similarity = scored.similarity
FROM unnest(%(pmids)s::bigint[], %(similarities)s::real[]) AS scored (pmid, similarity)
WHERE planned.search_id = %(id)s AND planned.pmid = scored.pmid;

-- name: note
UPDATE searches SET seconds_left = %(seconds_left)s, fetch_rate = coalesce(%(fetch_rate)s, fetch_rate),
    encode_rate = coalesce(%(encode_rate)s, encode_rate)
WHERE id = %(id)s;

-- name: known_rates
-- How fast the last searches went, for the first guess of one that has just begun.
SELECT (SELECT fetch_rate FROM searches WHERE fetch_rate IS NOT NULL ORDER BY id DESC LIMIT 1),
    (SELECT encode_rate FROM searches WHERE encode_rate IS NOT NULL ORDER BY id DESC LIMIT 1);

-- name: to_encode
SELECT count(*)
FROM search_articles AS planned
JOIN articles AS a USING (pmid)
LEFT JOIN article_vectors AS v ON v.pmid = a.pmid AND v.model_hash = %(model_hash)s
WHERE planned.search_id = %(id)s AND v.content_hash IS DISTINCT FROM a.content_hash
    AND (a.title <> '' OR a.abstract <> '');

-- name: store_scores
UPDATE searches SET scores = %(scores)s, model_hash = %(model_hash)s WHERE id = %(id)s;

-- name: finish_search
UPDATE searches SET state = 'done', step = 'finished', seconds_left = 0, problem = %(problem)s, finished_at = now()
WHERE id = %(id)s AND state = 'running';

-- name: tell_problem
UPDATE searches SET problem = %(problem)s WHERE id = %(id)s AND state IN ('planned', 'running');

-- name: fail_search
UPDATE searches SET state = 'failed', problem = %(problem)s, seconds_left = NULL, finished_at = now()
WHERE id = %(id)s AND state IN ('planned', 'running');

-- name: cancel_search
UPDATE searches SET state = 'cancelled', seconds_left = NULL, finished_at = now()
WHERE id = %(id)s AND state IN ('planned', 'running')
RETURNING id;

-- name: delete_search
DELETE FROM searches WHERE id = %(id)s AND state NOT IN ('planned', 'running') RETURNING id;

-- name: unfinished
SELECT id FROM searches WHERE state IN ('planned', 'running') ORDER BY id;

-- name: search_columns
s.id, s.idea, s.keywords, s.query, s.concepts, s.limits, s.max_results, s.state, s.step, s.articles_found,
    s.query_understood, s.beyond_reach, s.seconds_left, s.problem, s.model_hash, s.scores, s.requested_at,
    s.started_at, s.finished_at, s.saved_search_id, account.name AS requested_by,
    s.account_id AS requested_by_id,
    coalesce(progress.planned, 0) AS planned, coalesce(progress.fetched, 0) AS fetched,
    coalesce(progress.new, 0) AS new, coalesce(progress.unavailable, 0) AS unavailable,
    coalesce(progress.embedded, 0) AS embedded, coalesce(progress.scored, 0) AS scored

-- name: search_tables
searches AS s
LEFT JOIN accounts AS account ON account.id = s.account_id
LEFT JOIN LATERAL (
    SELECT count(*) AS planned, count(*) FILTER (WHERE p.fetched_at IS NOT NULL) AS fetched,
        count(*) FILTER (WHERE p.is_new) AS new, count(*) FILTER (WHERE p.problem <> '') AS unavailable,
        count(*) FILTER (WHERE v.pmid IS NOT NULL) AS embedded,
        count(*) FILTER (WHERE p.similarity IS NOT NULL) AS scored
    FROM search_articles AS p
    LEFT JOIN articles AS a ON a.pmid = p.pmid
    LEFT JOIN article_vectors AS v
        ON v.pmid = p.pmid AND v.model_hash = coalesce(s.model_hash, %(model_hash)s) AND v.content_hash = a.content_hash
    WHERE p.search_id = s.id
) AS progress ON true

-- name: find_search
SELECT {columns} FROM {tables} WHERE s.id = %(id)s;

-- name: list_searches
SELECT {columns} FROM (
    SELECT id FROM searches
    WHERE (%(saved_search_id)s::bigint IS NULL OR saved_search_id = %(saved_search_id)s)
        AND (%(before)s::bigint IS NULL OR id < %(before)s)
    ORDER BY id DESC LIMIT %(limit)s OFFSET %(offset)s) AS page
JOIN {tables} ON s.id = page.id ORDER BY s.id DESC;

-- name: count_searches
SELECT count(*) FROM searches WHERE %(saved_search_id)s::bigint IS NULL OR saved_search_id = %(saved_search_id)s;

-- name: results
SELECT pmid, p.rank, p.similarity, p.is_new
FROM search_articles AS p JOIN articles USING (pmid)
WHERE {listed}
ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s;

-- name: count_results
SELECT count(*) FROM search_articles AS p JOIN articles USING (pmid) WHERE {listed};

-- name: by_rank
p.rank

-- name: by_similarity
p.similarity DESC NULLS LAST, p.rank

-- name: by_date
articles.publication_date DESC NULLS LAST, p.rank

-- name: by_citations
{citations} DESC NULLS LAST, p.rank

-- name: unavailable
SELECT pmid, rank, problem FROM search_articles
WHERE search_id = %(id)s AND problem <> '' AND (%(after)s::bigint IS NULL OR rank > %(after)s)
ORDER BY rank LIMIT %(limit)s;

-- name: compare
-- Articles of one search, of the other, or of both, with the rank in each.
SELECT coalesce(one.pmid, other.pmid) AS pmid, one.rank AS rank_in_one, other.rank AS rank_in_other
FROM (SELECT pmid, rank FROM search_articles WHERE search_id = %(one)s AND fetched_at IS NOT NULL) AS one
FULL JOIN (SELECT pmid, rank FROM search_articles WHERE search_id = %(other)s AND fetched_at IS NOT NULL) AS other
    USING (pmid)
ORDER BY least(one.rank, other.rank), pmid;

-- name: exists
SELECT EXISTS (SELECT FROM searches WHERE id = %(id)s);

-- name: save_search
WITH saved AS (
    INSERT INTO saved_searches (account_id, name, every_days)
    SELECT %(account_id)s, %(name)s, %(every_days)s FROM searches WHERE id = %(search_id)s RETURNING id
)
UPDATE searches SET saved_search_id = saved.id FROM saved WHERE searches.id = %(search_id)s
RETURNING saved.id;

-- name: saved_of_search
SELECT saved_search_id FROM searches WHERE id = %(search_id)s;

-- name: change_saved
UPDATE saved_searches SET name = coalesce(%(name)s, name), every_days = coalesce(%(every_days)s, every_days)
WHERE id = %(id)s RETURNING id;

-- name: owner_of_saved
SELECT account_id FROM saved_searches WHERE id = %(id)s;

-- name: delete_saved
DELETE FROM saved_searches WHERE id = %(id)s RETURNING id;

-- name: saved_searches
SELECT saved.id, saved.name, saved.every_days, saved.created_at, account.name AS saved_by,
    saved.account_id AS saved_by_id,
    newest.id AS newest_search_id, newest.state AS newest_state, newest.query, newest.requested_at AS last_run_at,
    done.id AS newest_done_id, done.articles_found, done.requested_at + saved.every_days * interval '1 day' AS due_at,
    (SELECT count(*) FROM searches WHERE saved_search_id = saved.id) AS runs,
    CASE WHEN earlier.id IS NULL THEN NULL ELSE (SELECT count(*) FROM search_articles AS p WHERE {new}) END AS new_since
FROM saved_searches AS saved
LEFT JOIN accounts AS account ON account.id = saved.account_id
LEFT JOIN LATERAL (
    SELECT * FROM searches WHERE saved_search_id = saved.id ORDER BY id DESC LIMIT 1) AS newest ON true
LEFT JOIN LATERAL (
    SELECT * FROM searches WHERE saved_search_id = saved.id AND state = 'done' ORDER BY id DESC LIMIT 1) AS done ON true
LEFT JOIN LATERAL (
    SELECT * FROM searches WHERE saved_search_id = saved.id AND state = 'done' AND id < done.id
    ORDER BY id DESC LIMIT 1) AS earlier ON true
WHERE (%(id)s::bigint IS NULL OR saved.id = %(id)s) AND (%(after)s::bigint IS NULL OR saved.id > %(after)s)
ORDER BY saved.id LIMIT %(limit)s;

-- name: new_in_run
SELECT p.pmid FROM searches AS done, search_articles AS p WHERE done.id = %(search_id)s AND {new} ORDER BY p.rank;

-- name: new
-- Articles of a finished run that no finished run of the same saved search before it had. What a run planned that failed
-- or was cancelled was told to nobody.
p.search_id = done.id AND p.fetched_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM search_articles AS before JOIN searches AS s ON s.id = before.search_id
    WHERE s.saved_search_id = done.saved_search_id AND s.id < done.id AND s.state = 'done'
        AND before.fetched_at IS NOT NULL AND before.pmid = p.pmid)

-- name: due_saved
-- Not while a run of it is under way.
SELECT saved.id FROM saved_searches AS saved
WHERE (%(id)s::bigint IS NULL OR saved.id = %(id)s)
    AND NOT EXISTS (SELECT FROM searches AS s
        WHERE s.saved_search_id = saved.id AND s.state IN ('planned', 'running'))
    AND (%(id)s::bigint IS NOT NULL OR NOT EXISTS (SELECT FROM searches AS s
        WHERE s.saved_search_id = saved.id AND s.state = 'done'
            AND s.requested_at > now() - saved.every_days * interval '1 day' + interval '1 hour'))
ORDER BY saved.id;

-- name: run_again
INSERT INTO searches (account_id, idea, keywords, query, concepts, limits, max_results, saved_search_id)
SELECT saved.account_id, s.idea, s.keywords, s.query, s.concepts, s.limits, s.max_results, saved.id
FROM saved_searches AS saved
JOIN LATERAL (SELECT * FROM searches WHERE saved_search_id = saved.id ORDER BY id DESC LIMIT 1) AS s ON true
WHERE saved.id = %(id)s
RETURNING id;
