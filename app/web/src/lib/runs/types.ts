/** The shapes of what ran, step by step under /api/v1, as the server documents them. */

export type Outcome = 'running' | 'done' | 'skipped' | 'failed' | 'lost' | (string & {});

export interface WorkStep {
	name: string;
	started_at: string;
	finished_at: string | null;
	outcome: Outcome;
	cause: string;
	/** Of what its cost grows with: articles. */
	amount: number;
	counts: Record<string, number>;
	cpu_seconds: number | null;
	/** Bytes. */
	peak_memory: number | null;
}

/** What ran by itself or was asked for. */
export interface WorkRun {
	id: number;
	kind: string;
	/** The articles that it is of: everything, or the name of a selection. */
	scope: string;
	asked_by: string;
	release_id: string;
	started_at: string;
	finished_at: string | null;
	/** Lost: its process ended without a word. */
	outcome: Outcome;
	cause: string;
	steps: WorkStep[];
}
