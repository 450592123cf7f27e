import { describe, expect, it } from 'vitest';
import { rank, sameWeights, shares, weighted } from '#lib/opportunities/weights.ts';

const own = { novelty: 0.4, velocity: 0.4, recency: 0.2 };

const opportunity = (topic_id: number, novelty: number, velocity: number, recency: number) => ({
	topic_id,
	novelty,
	velocity,
	recency,
	score: 0.4 * novelty + 0.4 * velocity + 0.2 * recency
});

describe('weights', () => {
	it("give the analysis's own score with the analysis's own weights", () => {
		const item = opportunity(1, 0.9, 0.3, 0.5);
		expect(weighted(item, own).score).toBeCloseTo(item.score, 12);
	});

	it('count as shares, whatever they add up to', () => {
		expect(shares({ novelty: 1, velocity: 1, recency: 0.5 })).toEqual(own);
		const all = weighted({ novelty: 1, velocity: 1, recency: 1 }, { novelty: 1, velocity: 1, recency: 1 });
		expect(all.score).toBeCloseTo(1, 12);
	});

	it('count alike when all are zero', () => {
		expect(weighted({ novelty: 0.9, velocity: 0.6, recency: 0.3 }, { novelty: 0, velocity: 0, recency: 0 }).score).toBeCloseTo(0.6, 12);
	});

	it('are the same when their shares are', () => {
		expect(sameWeights(own, { novelty: 0.8, velocity: 0.8, recency: 0.4 })).toBe(true);
		expect(sameWeights(own, { novelty: 0.45, velocity: 0.4, recency: 0.2 })).toBe(false);
	});
});

describe('ranking', () => {
	const items = [opportunity(1, 0.9, 0.2, 0.1), opportunity(2, 0.1, 0.9, 0.2), opportunity(3, 0.9, 0.2, 0.1)];
	const ids = (weights: typeof own) => rank(items, weights).map((ranked) => ranked.item.topic_id);

	it('follows the weights', () => {
		expect(ids({ novelty: 1, velocity: 0, recency: 0 })).toEqual([1, 3, 2]);
		expect(ids({ novelty: 0, velocity: 1, recency: 0 })).toEqual([2, 1, 3]);
		expect(rank(items, own).map((ranked) => ranked.rank)).toEqual([1, 2, 3]);
	});

	it('leaves the list it was given alone', () => {
		const before = structuredClone(items);
		rank(items, { novelty: 0, velocity: 1, recency: 0 });
		expect(items).toEqual(before);
	});
});
