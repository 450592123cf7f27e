import { expect, it } from 'vitest';
import { apart, figure, inOrder, judgedWithout, signed, summary, verdict, weightsOf } from '#lib/backtest/wording.ts';

const one = { value: 0.1, low: 0, high: 0.2, difference: -0.02, difference_low: -0.1, difference_high: 0.06 };
const certain = { ...one, difference: 0.1, difference_low: 0.01, difference_high: 0.2 };

it('tells figures with their signs', () => {
	expect(figure(-0.0214)).toBe('\u22120.021');
	expect([figure(-0.0001), signed(0.0001), signed(0.002)]).toEqual(['0.000', '0.000', '+0.002']);
	expect(inOrder({ naive: 1, other: 2, opportunity: 3 }).map(([name]) => name)).toEqual(['opportunity', 'naive', 'other']);
	expect(apart(one)).toBe('\u22120.020 (\u22120.100 to +0.060)');
	expect(weightsOf('0.2/0.6/0.2')).toEqual({ novelty: 0.2, velocity: 0.6, recency: 0.2 });
});

it('calls nothing better whose interval holds zero', () => {
	expect(verdict(one)).toBe('open');
	expect(verdict(certain)).toBe('better');
	expect(verdict({ ...one, difference_high: -0.01 })).toBe('worse');
});

it('says what the score was worth, bad or good', () => {
	const figures = (spearman: typeof one) => ({ spearman, precision_at_10_percent: one, ndcg_at_20: one });
	const result = {
		origins: [2001, 2002],
		series: [12, 14],
		scores: { opportunity: figures(certain), 'past growth continues': figures({ ...one, value: -0.05 }) },
		recommended: '0.4/0.4/0.2',
		alternative: null,
		gain: 0,
		gain_low: 0,
		gain_high: 0
	};
	expect(summary({ result })).toBe(
		"At 2 years T of this corpus the score ranked the topics' growth from T to T + 3 with a correlation of 0.100 " +
			'(past growth: \u22120.050), better than past growth does.'
	);
});

it('says what the score was judged without', () => {
	const result = { origins: [], series: [], scores: {}, recommended: '', alternative: null, gain: 0, gain_low: 0, gain_high: 0 };
	expect(judgedWithout({ ...result, known: { old: 40, rarity: 0, citations: 0 } })).toContain('MeSH headings’ meeting and citations');
	expect(judgedWithout({ ...result, known: { old: 40, rarity: 3, citations: 0 } })).toContain('enough known of citations: the');
	expect(judgedWithout(result)).toBe('');
});
