-- name: ask_for_mail
INSERT INTO saved_search_readers (saved_search_id, account_id) VALUES (%(saved_id)s, %(account_id)s)
ON CONFLICT DO NOTHING

-- name: end_mail
DELETE FROM saved_search_readers WHERE saved_search_id = %(saved_id)s AND account_id = %(account_id)s

-- name: forget_waiting
DELETE FROM mails
WHERE saved_search_id = %(saved_id)s AND account_id = %(account_id)s AND sent_at IS NULL AND given_up_at IS NULL

-- name: standing
-- Whether an account is told of a saved search's new papers, and what became of the newest e-mail.
SELECT reader.account_id IS NOT NULL AS wanted, newest.sent_at, coalesce(newest.problem, '') AS problem
FROM (SELECT %(account_id)s::bigint AS account_id, %(saved_id)s::bigint AS saved_id) AS asked
LEFT JOIN saved_search_readers AS reader
    ON reader.account_id = asked.account_id AND reader.saved_search_id = asked.saved_id
LEFT JOIN LATERAL (
    SELECT sent_at, problem FROM mails
    WHERE account_id = asked.account_id AND saved_search_id = asked.saved_id
    ORDER BY id DESC LIMIT 1) AS newest ON true

-- name: put
INSERT INTO mails (account_id, saved_search_id, search_id)
SELECT reader.account_id, reader.saved_search_id, %(search_id)s
FROM saved_search_readers AS reader
JOIN accounts AS account ON account.id = reader.account_id
WHERE reader.saved_search_id = %(saved_id)s AND account.disabled_at IS NULL
ON CONFLICT (account_id, search_id) DO NOTHING

-- name: take
-- The one that has waited longest; locked until it is sent, so that two workers never send it both.
SELECT mail.id, mail.message_id, mail.attempts, mail.saved_search_id, mail.search_id, account.email AS recipient,
    saved.name AS search, mail.created_at < now() - make_interval(days => %(days)s) AS too_old
FROM mails AS mail
JOIN accounts AS account ON account.id = mail.account_id
JOIN saved_searches AS saved ON saved.id = mail.saved_search_id
WHERE mail.sent_at IS NULL AND mail.given_up_at IS NULL AND mail.due_at <= now() AND account.disabled_at IS NULL
ORDER BY mail.due_at, mail.id
LIMIT 1
FOR UPDATE OF mail SKIP LOCKED

-- name: sent
UPDATE mails SET sent_at = now(), attempts = attempts + 1, problem = '' WHERE id = %(id)s

-- name: later
UPDATE mails SET due_at = now() + %(seconds)s * interval '1 second', attempts = attempts + 1, problem = %(problem)s
WHERE id = %(id)s

-- name: give_up
UPDATE mails SET given_up_at = now(), attempts = attempts + 1, problem = %(problem)s WHERE id = %(id)s

-- name: counts
SELECT count(*) FILTER (WHERE sent_at IS NULL AND given_up_at IS NULL) AS waiting,
    count(*) FILTER (WHERE given_up_at IS NOT NULL) AS given_up,
    count(*) FILTER (WHERE sent_at IS NOT NULL) AS sent
FROM mails

-- name: forget
DELETE FROM mails WHERE created_at < now() - make_interval(days => %(days)s)
