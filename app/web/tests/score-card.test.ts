import { expect, it } from 'vitest';
import Weights from '#lib/opportunities/Weights.svelte';
import { weighedBy } from '#lib/opportunities/receipt.ts';
import ScoreCard from '#lib/searches/ScoreCard.svelte';
import type { Scores } from '#lib/searches/types.ts';
import { markup, shown } from './shown.ts';

const search = { id: 12, idea: 'asthma of children', keywords: '', query: 'asthma' };
const receipt = {
	inputs: {
		novelty: 0.31,
		velocity: 0.34,
		recency: 0.62,
		distance: 0.3124,
		old: 0.42,
		rarity: null,
		papers: 0.34,
		citations: null,
		windows: { recent: 38, earlier: 22, corpus_recent: 1812, corpus_earlier: 1790 }
	},
	reference: { novelty: new Array<number>(21).fill(0), velocity: [0], recency: [0] },
	reference_id: '0a1b2c3d',
	reference_snapshot: 'ffeeddccbbaa99887766',
	bootstrap: { draws: 500, level: 0.95, seed: 20 },
	weights: { novelty: 0.4, velocity: 0.4, recency: 0.2 },
	sample_size: 57,
	thresholds: { Excellent: 0.8, Good: 0.6, Fair: 0.4 },
	note: 'velocity is of papers alone',
	method: 'opportunity-3',
	snapshot: 'ffeeddccbbaa99887766',
	model_hash: 'c3d4',
	release_id: 'e5f6'
};
const scores: Scores = {
	score: 0.62,
	label: 'Good',
	novelty: 0.5,
	velocity: 0.7,
	recency: 0.6,
	low: 0.514,
	high: 0.68,
	recommendation: 'Read this first.',
	receipt,
	citation: 0.63,
	citations_known: 40
};

const text = (scores: Scores) => shown(ScoreCard, { search, scores });

it('shows a search’s score with its interval and its whole receipt', () => {
	const told = text(scores);
	expect(told).toContain('0.62 Good');
	expect(told).toContain('95 % interval 0.51 to 0.68');
	expect(told).toContain('Receipt of asthma of children');
	for (const figure of ['57 with a publication year', '0.51 to 0.68 in 95 % of 500 draws', 'novelty 0.4, velocity 0.4, recency 0.2', 'opportunity-3', 'e5f6', 'c3d4'])
		expect(told).toContain(figure);
	expect(told).toContain('21 percentiles of each part, made once and kept as 0a1b2c3d, of the topics of snapshot ffeeddccbbaa');
	expect(told).toContain('primetime opportunity explain search:12');
});

it('lets its weights be moved, and leads to what the score was worth', () => {
	const card = markup(ScoreCard, { search, scores });
	expect(card.match(/type="range"/g)).toHaveLength(3);
	expect(card).toContain('href="/backtest"');
	expect(text(scores)).toContain('The weights that the score was made with.');
});

it('weighs a score by the reader’s weights and labels it by its receipt', () => {
	const published = { ...scores, score: 0.62, label: 'Good', novelty: 0.5, velocity: 0.7, recency: 0.6 };
	expect(weighedBy(published, receipt, { novelty: 2, velocity: 2, recency: 1 })).toEqual({ score: 0.62, label: 'Good', own: true });
	const moved = weighedBy(published, receipt, { novelty: 1, velocity: 0, recency: 0 });
	expect(moved).toEqual({ score: 0.5, label: 'Fair', own: false });
});

it('says what a search’s score is measured against', () => {
	const told = text(scores);
	expect(told).not.toContain('Measured against the topics of the newest analysis');
	expect(told).toContain('among the topics of a fixed reference');
	expect(told).toContain('nobody’s search moves it');
	expect(told).toContain('above 63 % of NIH-funded papers');
});

it('gives the reason where there is no score, and no interval', () => {
	const told = text({ refused: '3 articles with a year are too few, 15 are needed', citation: null, citations_known: 0 });
	expect(told).toContain('Not scored: 3 articles with a year are too few, 15 are needed.');
	expect(told).not.toContain('interval');
	expect(told).toContain('is unknown');
});

it('tells how novel the idea is by itself, or why that is not told', () => {
	const made = { titles: 200, reference: {}, method: 'idea-1', snapshot: 's', model_hash: 'm', release_id: 'r' };
	const told = text({ ...scores, idea: { novelty: 0.84, nearest: [7], receipt: { distance: 0.5491, old: 0.4, ...made } } });
	expect(told).toContain('The idea itself: novelty 0.84. Its text is at a mean distance of 0.549');
	expect(told).toContain('among 200 titles of recent articles');
	expect(text({ ...scores, idea: { refused: '12 titles have earlier work, 50 are needed' } })).toContain('not placed: 12 titles');
	expect(text(scores)).not.toContain('The idea itself');
});

it('shows a score of an earlier release, which has neither interval nor receipt', () => {
	const told = text({ ...scores, low: undefined, high: undefined, receipt: undefined });
	expect(told).toContain('0.62 Good');
	expect(told).not.toContain('interval');
	expect(told).not.toContain('Weights');
	expect(told).toContain('among the topics of a fixed reference');
});

it('says of each weight what its part is made from', () => {
	const weights = { novelty: 0.4, velocity: 0.4, recency: 0.2 };
	const told = shown(Weights, { weights, own: weights });
	expect(told).toContain('how many of those are old, and how seldom their MeSH headings had met');
	expect(told).toContain('their citations those of other papers of their field and age');
});
