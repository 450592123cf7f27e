-- Which articles a recorded run was of: 'everything', or the name of a selection.
ALTER TABLE work_runs ADD COLUMN scope text NOT NULL DEFAULT 'everything';
