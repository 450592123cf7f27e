import { Problem } from '#lib/api/problem.ts';
import type { Job } from '#lib/api/types.ts';

export type Standing = 'waiting' | 'running' | 'done' | 'failed';

const STANDING: Record<string, Standing> = { todo: 'waiting', doing: 'running', succeeded: 'done' };

/** How a job stands; every end other than success counts as failure. */
export function standing(job: Job): Standing {
	return STANDING[job.status] ?? 'failed';
}

/** The analysis that is still to come or under way, whoever asked for it. */
export function unfinished(jobs: Job[]): Job | undefined {
	return jobs.find((job) => standing(job) === 'running') ?? jobs.find((job) => standing(job) === 'waiting');
}

export function failure(job: Job | undefined): Problem {
	const cause = job ? `The analysis failed (job ${job.job_id}).` : 'The analysis is no longer in the queue.';
	return new Problem(0, cause, 'Start it again; if it fails again, tell your administrator.');
}
