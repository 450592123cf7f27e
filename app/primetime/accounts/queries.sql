-- Queries of the accounts' room.

-- name: create_account
INSERT INTO accounts (email, name, role, password_hash)
VALUES (%(email)s, %(name)s, %(role)s, %(password_hash)s)
ON CONFLICT (email) DO NOTHING
RETURNING id, email, name, role, created_at, disabled_at;

-- name: list_accounts
SELECT id, email, name, role, created_at, disabled_at FROM accounts
WHERE %(after)s::text IS NULL OR email > %(after)s
ORDER BY email LIMIT %(limit)s;

-- name: find_account
SELECT id, email, name, role, created_at, disabled_at FROM accounts WHERE id = %(id)s;

-- name: account_of_email
SELECT id, email, name, role, created_at, disabled_at FROM accounts WHERE email = %(email)s;

-- name: lock_administrators
-- In one order, so that two changes at once wait for each other.
SELECT id FROM accounts WHERE role = 'administrator' AND disabled_at IS NULL ORDER BY id FOR UPDATE;

-- name: change_account
UPDATE accounts SET
    name = coalesce(%(name)s, name),
    role = coalesce(%(role)s, role),
    disabled_at = CASE %(disabled)s::boolean
        WHEN true THEN coalesce(disabled_at, now()) WHEN false THEN NULL ELSE disabled_at END
WHERE id = %(id)s
RETURNING id, email, name, role, created_at, disabled_at;

-- name: find_credentials
SELECT id, password_hash FROM accounts WHERE email = %(email)s AND disabled_at IS NULL;

-- name: find_password
SELECT password_hash FROM accounts WHERE id = %(id)s;

-- name: replace_password_hash
UPDATE accounts SET password_hash = %(password_hash)s WHERE id = %(id)s;

-- name: create_session
INSERT INTO sessions (token_hash, account_id, expires_at)
VALUES (%(token_hash)s, %(account_id)s, now() + make_interval(hours => %(hours)s));

-- name: find_session
SELECT accounts.id, email, name, role, accounts.created_at, disabled_at
FROM sessions JOIN accounts ON accounts.id = sessions.account_id
WHERE token_hash = %(token_hash)s AND expires_at > now() AND disabled_at IS NULL;

-- name: delete_session
DELETE FROM sessions WHERE token_hash = %(token_hash)s;

-- name: delete_sessions_of
DELETE FROM sessions WHERE account_id = %(account_id)s AND token_hash IS DISTINCT FROM %(except)s;

-- name: delete_expired_sessions
DELETE FROM sessions WHERE expires_at <= now();

-- name: put_invitation
INSERT INTO invitations (email, token_hash, name, role, account_id, invited_by, expires_at)
VALUES (%(email)s, %(token_hash)s, %(name)s, %(role)s, %(account_id)s, %(invited_by)s,
    now() + make_interval(hours => %(hours)s))
ON CONFLICT (email) DO UPDATE SET
    token_hash = excluded.token_hash, name = excluded.name, role = excluded.role, account_id = excluded.account_id,
    invited_by = excluded.invited_by, created_at = now(), expires_at = excluded.expires_at
RETURNING email, name, role, account_id, created_at, expires_at;

-- name: list_invitations
SELECT email, name, role, account_id, created_at, expires_at FROM invitations
WHERE expires_at > now() AND (%(after)s::text IS NULL OR email > %(after)s)
ORDER BY email LIMIT %(limit)s;

-- name: find_invitation
SELECT email, name, role, account_id, created_at, expires_at
FROM invitations WHERE token_hash = %(token_hash)s AND expires_at > now();

-- name: take_invitation
DELETE FROM invitations WHERE token_hash = %(token_hash)s AND expires_at > now()
RETURNING email, name, role, account_id, created_at, expires_at;

-- name: delete_invitation
DELETE FROM invitations WHERE email = %(email)s;

-- name: create_token
INSERT INTO personal_tokens (account_id, token_hash, name, scopes, expires_at)
VALUES (%(account_id)s, %(token_hash)s, %(name)s, %(scopes)s, now() + make_interval(days => %(days)s))
RETURNING id, name, scopes, created_at, expires_at, last_used_at;

-- name: list_tokens
SELECT id, name, scopes, created_at, expires_at, last_used_at
FROM personal_tokens WHERE account_id = %(account_id)s ORDER BY id;

-- name: count_tokens
SELECT count(*) FROM personal_tokens WHERE account_id = %(account_id)s;

-- name: revoke_token
DELETE FROM personal_tokens WHERE id = %(id)s AND account_id = %(account_id)s RETURNING name;

-- name: account_of_token
SELECT accounts.id, email, accounts.name, role, accounts.created_at, disabled_at, scopes
FROM personal_tokens JOIN accounts ON accounts.id = personal_tokens.account_id
WHERE token_hash = %(token_hash)s AND (expires_at IS NULL OR expires_at > now()) AND disabled_at IS NULL;

-- name: note_token_use
-- At most one write a minute, whatever the program does.
UPDATE personal_tokens SET last_used_at = now()
WHERE token_hash = %(token_hash)s AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute');

-- name: count_attempt
-- Counted as a failure before the password is looked at, so that attempts at once are all counted. No row: locked.
INSERT INTO sign_in_attempts AS present (person, failures) VALUES (%(person)s, 1)
ON CONFLICT (person) DO UPDATE SET
    failures = CASE WHEN present.last_at < now() - interval '1 day' THEN 1 ELSE present.failures + 1 END,
    last_at = now(),
    locked_until = CASE WHEN present.last_at >= now() - interval '1 day' AND present.failures + 1 >= %(allowed)s
        THEN now() + make_interval(secs =>
            least(%(longest)s, %(first)s * 2.0 ^ least(present.failures + 1 - %(allowed)s, 20))) END
WHERE present.locked_until IS NULL OR present.locked_until <= now()
RETURNING failures;

-- name: seconds_locked
SELECT ceil(extract(epoch FROM locked_until - now()))::integer FROM sign_in_attempts WHERE person = %(person)s;

-- name: forget_attempts
DELETE FROM sign_in_attempts WHERE person = %(person)s OR last_at < now() - interval '2 days';

-- name: add_audit_event
INSERT INTO audit_events (actor_id, actor, action, subject, details, address)
VALUES (%(actor_id)s, %(actor)s, %(action)s, %(subject)s, %(details)s, %(address)s);

-- name: list_audit_events
SELECT id, at, actor, action, subject, details, address FROM audit_events
WHERE (%(before)s::bigint IS NULL OR id < %(before)s)
ORDER BY id DESC LIMIT %(limit)s;
