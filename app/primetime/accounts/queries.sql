-- Queries of the accounts' room.

-- name: create_account
INSERT INTO accounts (email, name, role, password_hash)
VALUES (%(email)s, %(name)s, %(role)s, %(password_hash)s)
ON CONFLICT (email) DO NOTHING
RETURNING id, email, name, role, created_at;

-- name: list_accounts
SELECT id, email, name, role, created_at FROM accounts ORDER BY email;

-- name: find_credentials
SELECT id, password_hash FROM accounts WHERE email = %(email)s;

-- name: replace_password_hash
UPDATE accounts SET password_hash = %(password_hash)s WHERE id = %(id)s;

-- name: create_session
INSERT INTO sessions (token_hash, account_id, expires_at)
VALUES (%(token_hash)s, %(account_id)s, now() + make_interval(hours => %(hours)s));

-- name: find_session
SELECT id, email, name, role, accounts.created_at
FROM sessions JOIN accounts ON accounts.id = sessions.account_id
WHERE token_hash = %(token_hash)s AND expires_at > now();

-- name: delete_session
DELETE FROM sessions WHERE token_hash = %(token_hash)s;

-- name: delete_expired_sessions
DELETE FROM sessions WHERE expires_at <= now();
