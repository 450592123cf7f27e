import { expect, it } from 'vitest';
import Ranking from '#lib/opportunities/Ranking.svelte';
import type { Opportunity, OpportunityList, Parts } from '#lib/opportunities/types.ts';
import WithoutScore from '#lib/opportunities/WithoutScore.svelte';
import Weights from '#lib/opportunities/Weights.svelte';
import { shown } from './shown.ts';

const own = { novelty: 0.4, velocity: 0.4, recency: 0.2 };
const receipt = {
	inputs: { novelty: 0.3, velocity: 0.3, recency: 0.6, windows: { recent: 38, earlier: 22, corpus_recent: 1812, corpus_earlier: 1790 } },
	reference: { novelty: [0, 1], velocity: [0, 1], recency: [0, 1] },
	reference_id: '0a1b',
	bootstrap: { draws: 500, level: 0.95, seed: 20 },
	weights: own,
	sample_size: 120,
	thresholds: { Excellent: 0.8, Good: 0.6, Fair: 0.4 },
	note: '',
	snapshot: 's',
	model_hash: 'm',
	release_id: 'r'
};
const opportunity = (topic_id: number, name: string, parts: Parts, low: number, high: number): Opportunity => ({
	...parts,
	topic_id,
	name,
	articles: 120,
	score: 0,
	label: '',
	low,
	high,
	recommendation: `Of ${name}.`,
	receipt
});
const list: OpportunityList = {
	run: { id: 12 } as never,
	weights: own,
	items: [
		opportunity(3, 'asthma', { novelty: 0.9, velocity: 0.8, recency: 0.2 }, 0.61, 0.79),
		opportunity(5, 'gout', { novelty: 0.1, velocity: 0.2, recency: 0.98 }, 0.2, 0.41)
	],
	refused: [{ topic_id: 9, name: 'plague', articles: 12, reason: '12 articles with a year are too few, 15 are needed' }]
};
const ranking = (weights: Parts) => shown(Ranking, { list, weights, scope: null });

it('ranks by the analysis’s own weights, each score with its interval and its receipt', () => {
	const told = ranking(own);
	expect(told).toMatch(/1 asthma.*0\.72.*95 % interval 0\.61 to 0\.79.*Good.*2 gout.*0\.31.*95 % interval 0\.20 to 0\.41.*Low/);
	expect(told).toContain('primetime opportunity explain 12/3');
});

it('ranks and labels anew by moved weights, and leaves the parts and the recommendation as they were', () => {
	const told = ranking({ novelty: 0, velocity: 0, recency: 1 });
	expect(told).toMatch(/1 gout.*0\.98.*Excellent.*2 asthma.*0\.20.*Low/);
	for (const part of ['novelty 0.90 velocity 0.80 recency 0.20', 'novelty 0.10 velocity 0.20 recency 0.98', 'Of asthma.']) {
		expect(ranking(own)).toContain(part);
		expect(told).toContain(part);
	}
	expect(told).not.toContain('95 % interval'); // it is of the weights that it was computed with
});

it('says that weights were moved, and what that leaves as it was', () => {
	expect(shown(Weights, { weights: own, own })).toContain('The weights that the score was made with.');
	const moved = shown(Weights, { weights: { novelty: 0, velocity: 0, recency: 1 }, own });
	expect(moved).toContain('recency 100 %');
	expect(moved).toContain('Parts and recommendations stay; intervals are shown by the first weights alone.');
});

it('gives the reason of each topic without a score', () => {
	expect(shown(WithoutScore, { topics: list.refused, scope: null })).toContain('plague 12 articles: 12 articles with a year are too few, 15 are needed');
});
