/** The shapes of analyses and the jobs that ask for them under /api/v1, as the server documents them. */

export interface Run {
	id: number;
	/** ISO 8601. */
	started_at: string;
	finished_at: string;
	model_hash: string;
	release_id: string;
	articles: number;
	topics: number;
	parameters: Record<string, unknown>;
	status: string;
}

/** An analysis that was asked for from the page. */
export interface Job {
	job_id: number;
	/** The queue's word: todo, doing, succeeded, failed … */
	status: string;
	attempts: number;
	requested_at: string | null;
	finished_at: string | null;
}

export interface AnalysisList {
	items: Run[];
	jobs: Job[];
}

/** How the analysis of one search's articles by themselves stands. */
export interface SearchAnalysis {
	/** By which its topics, map and opportunities are asked for. */
	scope: string;
	run: Run | null;
	job: Job | null;
	/** What it is at. */
	step: string | null;
	steps_done: number;
	steps: number;
	/** Why the newest failed. */
	cause: string;
}
