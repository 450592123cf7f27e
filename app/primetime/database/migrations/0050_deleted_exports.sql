-- An export that its owner has deleted is gone for everybody at once; its row stays until its file is gone too, which
-- waits while the bucket is away.

ALTER TABLE exports ADD COLUMN deleted_at timestamptz;
