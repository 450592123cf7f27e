import { describe, expect, it } from 'vitest';
import { failure, progress, standing, unfinished } from '#lib/analysis/jobs.ts';
import type { Job } from '#lib/analysis/types.ts';
import { analysisAddress, readView } from '#lib/analysis/view.ts';
import { growing, ordered } from '#lib/topics/order.ts';
import type { Topic } from '#lib/topics/types.ts';

const job = (job_id: number, status: string): Job => ({ job_id, status, attempts: 1, requested_at: null, finished_at: null });

describe('an analysis that was asked for', () => {
	it.each([
		['todo', 'waiting'],
		['doing', 'running'],
		['succeeded', 'done'],
		['failed', 'failed'],
		['cancelled', 'failed'],
		['aborted', 'failed']
	])('stands, in the queue %s, as %s', (status, told) => {
		expect(standing(job(1, status))).toBe(told);
	});

	it('is joined while it is under way or to come', () => {
		expect(unfinished([job(3, 'todo'), job(2, 'doing'), job(1, 'succeeded')])?.job_id).toBe(2);
		expect(unfinished([job(3, 'todo'), job(1, 'failed')])?.job_id).toBe(3);
		expect(unfinished([job(1, 'failed')])).toBeUndefined();
	});

	it('of one search tells how far it is, and nothing once it has ended', () => {
		const own = { step: 'topics', steps_done: 2, steps: 7 };
		expect(progress({ ...own, job: job(1, 'doing') })).toBe('The analysis is at step 3 of 7: topics.');
		expect(progress({ ...own, job: job(1, 'doing'), steps_done: 7 })).toContain('step 7 of 7');
		expect(progress({ ...own, job: job(1, 'todo'), step: null })).toContain('waits for its turn');
		expect([progress({ ...own, job: job(1, 'succeeded') }), progress({ ...own, job: null })]).toEqual(['', '']);
	});

	it('tells which one failed', () => {
		expect(failure(job(7, 'failed')).message).toContain('job 7');
		expect(failure(undefined).message).toContain('no longer in the queue');
	});
});

describe("the analysis page's address", () => {
	it.each(['/analysis', '/analysis?topic=0', '/analysis?topic=12&view=table', '/analysis?level=-1&group=3', '/analysis?level=2', '/analysis?scope=search+5'])('survives reading and writing: %s', (address) => {
		expect(analysisAddress(readView(new URL(address, 'https://site.invalid').searchParams))).toBe(address);
	});

	it('does not take a topic that is no number', () => {
		expect(readView(new URLSearchParams('topic=-1&view=list'))).toEqual({ topic: null, table: false, level: 0, group: null, scope: null });
	});
});

describe('topics in order', () => {
	const topic = (id: number, articles: number, growth: number | null, score: number | null): Topic => ({
		id,
		name: `t${9 - id}`,
		terms: [],
		articles,
		x: 0,
		y: 0,
		growth,
		years: [],
		forecast: { refused: 'too short' },
		opportunity: score === null ? { refused: 'too small' } : { score, label: '', novelty: 0, velocity: 0, recency: 0 },
		key: id,
		stability: growth,
		agreement: null,
		theme: null
	});
	const topics = [topic(1, 10, -0.5, 0.2), topic(2, 30, null, null), topic(3, 20, 0.7, 0.9)];
	const ids = (sorted: Topic[]) => sorted.map((item) => item.id);

	it('puts those without the figure last', () => {
		expect(ids(ordered(topics, 'size'))).toEqual([2, 3, 1]);
		expect(ids(ordered(topics, 'growth'))).toEqual([3, 1, 2]);
		expect(ids(ordered(topics, 'opportunity'))).toEqual([3, 1, 2]);
		expect(ids(ordered(topics, 'name'))).toEqual([3, 2, 1]);
	});

	it('orders by stability, those not measured last', () => {
		expect(ids(ordered(topics, 'stability'))).toEqual([3, 1, 2]);
	});

	it('calls growing only what grows', () => {
		expect(ids(growing(topics))).toEqual([3]);
	});
});
