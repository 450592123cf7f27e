-- A step that had too little to do anything with is no failure; its `cause` says what it lacked.
ALTER TABLE work_steps DROP CONSTRAINT work_steps_outcome_check;
ALTER TABLE work_steps
    ADD CONSTRAINT work_steps_outcome_check CHECK (outcome IN ('running', 'done', 'skipped', 'failed', 'lost'));
