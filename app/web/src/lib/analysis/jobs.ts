import { Problem } from '#lib/api/problem.ts';
import type { Job, SearchAnalysis } from './types.ts';

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

/** How far a search's own analysis is, in words; empty where none was asked for or it has ended. */
export function progress({ job, step, steps_done, steps }: Pick<SearchAnalysis, 'job' | 'step' | 'steps_done' | 'steps'>): string {
	if (!job || !busy(job)) return '';
	if (step === null) return 'The analysis waits for its turn.';
	return `The analysis is at step ${Math.min(steps_done + 1, steps)} of ${steps}: ${step}.`;
}

/** Whether a job has not ended. */
export function busy(job: Job): boolean {
	return ['waiting', 'running'].includes(standing(job));
}

export function failure(job: Job | undefined): Problem {
	const cause = job ? `The analysis failed (job ${job.job_id}).` : 'The analysis is no longer in the queue.';
	return new Problem(0, cause, 'Start it again; if it fails again, tell your administrator.');
}
