import { expect, it } from 'vitest';
import { labelOf, receiptLines } from '#lib/opportunities/receipt.ts';

const thresholds = { Fair: 0.4, Excellent: 0.8, Good: 0.6 };
const receipt = {
	inputs: {
		novelty: 0.3124,
		velocity: Math.log(1.4),
		recency: 0.62,
		windows: { recent: 38, earlier: 22, corpus_recent: 1812, corpus_earlier: 1790 }
	},
	reference: { novelty: [0, 1], velocity: [0, 1], recency: [0, 1] },
	weights: { novelty: 0.4, velocity: 0.4, recency: 0.2 },
	sample_size: 120,
	thresholds,
	note: '',
	snapshot: 'a1b2',
	model_hash: 'c3d4',
	release_id: 'e5f6'
};

it('tells every figure that a score was made from', () => {
	const lines = receiptLines(receipt, { novelty: 0.85, velocity: 0.7, recency: 0.6 });
	const told = Object.fromEntries(lines.map((line) => [line.name, line.value]));
	expect(told).toMatchObject({
		Articles: '120 with a publication year',
		'Recent papers': '38 in the last three complete years, 22 in the three before',
		'In the corpus': '1,812 and 1,790',
		Novelty: 'mean distance to earlier work 0.312, higher than 85\u00a0% of the topics',
		Velocity: "growth 1.40 times the corpus's, higher than 70\u00a0% of the topics",
		Weights: 'novelty 0.4, velocity 0.4, recency 0.2',
		Labels: 'Excellent from 0.80, Good from 0.60, Fair from 0.40',
		Snapshot: 'a1b2'
	});
	expect(told).not.toHaveProperty('Note');
	expect(told).not.toHaveProperty('Interval');
	expect(told).not.toHaveProperty('Check');
});

it('tells the interval and the reference where the analysis has them', () => {
	const made = { ...receipt, reference_id: '0a1b', reference_snapshot: '77f0e1d2c3b4a596', bootstrap: { draws: 500, level: 0.95, seed: 20 } };
	const lines = receiptLines(made, { novelty: 0.85, velocity: 0.7, recency: 0.6, low: 0.514, high: 0.68 }, '12/3');
	const told = Object.fromEntries(lines.map((line) => [line.name, line.value]));
	expect(told).toMatchObject({
		Interval: '0.51 to 0.68 in 95\u00a0% of 500 draws of its articles',
		Reference: '2 percentiles of each part, made once and kept as 0a1b, of the topics of snapshot 77f0e1d2c3b4',
		Check: 'primetime opportunity explain 12/3 computes it again, on the server',
		Recency: "mean place in the order of years 0.620, higher than 60\u00a0% of the reference's topics"
	});
});

it('tells each measure that the parts are made from, and of when the citations are', () => {
	const measures = { distance: 0.3124, old: 0.42, rarity: 1.25, papers: Math.log(1.4), citations: -0.2 };
	const inputs = { ...receipt.inputs, ...measures, cited: { recent: 30, earlier: 12 } };
	const citations = { source: 'iCite', looked_up: ['2026-11-01', '2026-11-24'] };
	const parts = { novelty: 0.85, velocity: 0.7, recency: 0.6 };
	const told = (made: Parameters<typeof receiptLines>[0]) => Object.fromEntries(receiptLines(made, parts).map((line) => [line.name, line.value]));
	expect(told({ ...receipt, inputs, citations, method: 'opportunity-3' })).toMatchObject({
		Novelty:
			"mean distance to earlier work 0.312, 42\u00a0% of the nearest from the older half of it, rarity of its MeSH headings' meeting 1.25, higher than 85\u00a0% of the topics",
		Velocity: "growth 1.40 times the corpus's, citation ratio \u22120.20 over the corpus's (logarithm), higher than 70\u00a0% of the topics",
		Citations: "iCite's ratio of 30 recent papers and 12 earlier ones, looked up 2026-11-01 to 2026-11-24",
		Method: 'opportunity-3'
	});
	const unknown = told({ ...receipt, inputs: { ...inputs, old: null, rarity: null, citations: null }, citations: null });
	expect(unknown.Novelty).toBe('mean distance to earlier work 0.312, higher than 85\u00a0% of the topics');
	expect(unknown.Velocity).toBe("growth 1.40 times the corpus's, higher than 70\u00a0% of the topics");
	expect(unknown).not.toHaveProperty('Citations');
});

it.each([
	[0.8, 'Excellent'],
	[0.79996, 'Excellent'],
	[0.7999, 'Good'],
	[0.4, 'Fair'],
	[0.1, 'Low']
])('labels %d as %s', (score, label) => {
	expect(labelOf(score, thresholds)).toBe(label);
});
