import { Problem } from '#lib/api/problem.ts';
import type { Run } from '#lib/api/types.ts';

export type Outcome = { kind: 'waiting' } | { kind: 'done'; run: Run } | { kind: 'failed'; problem: Problem };

export function newest(runs: Run[]): Run | undefined {
	return runs.reduce<Run | undefined>((latest, run) => (latest && latest.id > run.id ? latest : run), undefined);
}

/** How the analysis stands that was asked for when `before` was the newest run. */
export function outcome(runs: Run[], before: number | undefined): Outcome {
	const run = newest(runs);
	if (!run || run.id === before) return { kind: 'waiting' };
	if (run.status === 'failed') {
		const cause = run.error ? `The analysis failed: ${run.error}` : 'The analysis failed.';
		return { kind: 'failed', problem: new Problem(0, cause, 'Start it again, or tell your administrator.') };
	}
	return run.finished_at ? { kind: 'done', run } : { kind: 'waiting' };
}
