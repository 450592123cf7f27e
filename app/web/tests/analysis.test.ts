import { describe, expect, it } from 'vitest';
import { outcome } from '#lib/analysis/runs.ts';
import { analysisAddress, readView } from '#lib/analysis/view.ts';
import type { Run, Topic } from '#lib/api/types.ts';
import { growing, ordered } from '#lib/topics/order.ts';

const run = (id: number, rest: Partial<Run>): Run => ({
	id,
	started_at: '2026-01-01T10:00:00Z',
	finished_at: null,
	model_hash: 'abc',
	release_id: 'r',
	articles: 1,
	topics: 1,
	parameters: {},
	...rest
});

describe('an analysis that was asked for', () => {
	const old = run(3, { finished_at: '2026-01-01T10:05:00Z', status: 'finished' });

	it('is waited for until a newer run is finished', () => {
		expect(outcome([], undefined).kind).toBe('waiting');
		expect(outcome([old], 3).kind).toBe('waiting');
		expect(outcome([run(4, { status: 'running' }), old], 3).kind).toBe('waiting');
		expect(outcome([old, run(4, { finished_at: '2026-01-01T11:00:00Z', status: 'finished' })], 3)).toMatchObject({ kind: 'done', run: { id: 4 } });
	});

	it('tells why it failed', () => {
		const failed = outcome([old, run(4, { status: 'failed', finished_at: '2026-01-01T11:00:00Z', error: 'no vectors' })], 3);
		expect(failed).toMatchObject({ kind: 'failed', problem: { message: 'The analysis failed: no vectors' } });
	});
});

describe("the analysis page's address", () => {
	it.each(['/analysis', '/analysis?topic=0', '/analysis?topic=12&view=table'])('survives reading and writing: %s', (address) => {
		expect(analysisAddress(readView(new URL(address, 'https://site.invalid').searchParams))).toBe(address);
	});

	it('does not take a topic that is no number', () => {
		expect(readView(new URLSearchParams('topic=-1&view=list'))).toEqual({ topic: null, table: false });
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
		opportunity: score === null ? { refused: 'too small' } : { score, label: '', novelty: 0, velocity: 0, recency: 0 }
	});
	const topics = [topic(1, 10, -0.5, 0.2), topic(2, 30, null, null), topic(3, 20, 0.7, 0.9)];
	const ids = (sorted: Topic[]) => sorted.map((item) => item.id);

	it('puts those without the figure last', () => {
		expect(ids(ordered(topics, 'size'))).toEqual([2, 3, 1]);
		expect(ids(ordered(topics, 'growth'))).toEqual([3, 1, 2]);
		expect(ids(ordered(topics, 'opportunity'))).toEqual([3, 1, 2]);
		expect(ids(ordered(topics, 'name'))).toEqual([3, 2, 1]);
	});

	it('calls growing only what grows', () => {
		expect(ids(growing(topics))).toEqual([3]);
	});
});
