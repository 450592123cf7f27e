import { expect, it } from 'vitest';
import Result from '#lib/backtest/Result.svelte';
import { apart, choices, figure, inOrder, judgedWithout, offer, signed, summary, tooFew, verdict, weightsOf } from '#lib/backtest/wording.ts';
import { markup, shown } from './shown.ts';

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
	expect(verdict(one, 34)).toBe('open');
	expect(verdict(certain, 10)).toBe('better');
	expect(verdict({ ...one, difference_high: -0.01 }, 10)).toBe('worse');
});

it('calls nothing better or worse by fewer years than two blocks of the bootstrap', () => {
	expect([verdict(certain, 9), verdict({ ...one, difference_high: -0.01 }, 9)]).toEqual(['open', 'open']);
	expect([tooFew(10), tooFew(1), tooFew(7)]).toEqual(['', expect.stringMatching(/^One year is too few/), expect.stringMatching(/^7 years are too few/)]);
});

it('says what the score was worth, bad or good', () => {
	const figures = (spearman: typeof one) => ({ spearman, precision_at_10_percent: one, ndcg_at_20: one });
	const result = {
		origins: Array.from({ length: 12 }, (_, index) => 1990 + index),
		series: [12, 14],
		scores: { opportunity: figures(certain), 'past growth continues': figures({ ...one, value: -0.05 }) },
		recommended: '0.4/0.4/0.2',
		alternative: null,
		gain: 0,
		gain_low: 0,
		gain_high: 0
	};
	expect(summary({ result })).toBe(
		"At 12 years T of this corpus the score ranked the topics' growth from T to T + 3 with a correlation of 0.100 " +
			'(past growth: \u22120.050), better than past growth does.'
	);
	const few = (years: number[], spearman: typeof one) =>
		summary({ result: { ...result, origins: years, scores: { ...result.scores, opportunity: figures(spearman) } } });
	expect(few([2001, 2002], certain)).toMatch(/^At 2 years T .*0\.100 \(past growth: \u22120\.050\): higher, and so few years do not prove which/);
	expect(few([2001], { ...certain, value: -0.2 })).toMatch(/^At one year T .*: lower, and/);
	expect(few([2001], { ...certain, value: -0.05 })).toContain(': as high, and');
});

it('says what the score was judged without', () => {
	const result = { origins: [], series: [], scores: {}, recommended: '', alternative: null, gain: 0, gain_low: 0, gain_high: 0 };
	expect(judgedWithout({ ...result, known: { old: 40, rarity: 0, citations: 0 } })).toContain('MeSH headings’ meeting and citations');
	expect(judgedWithout({ ...result, known: { old: 40, rarity: 3, citations: 0 } })).toContain('enough known of citations: the');
	expect(judgedWithout(result)).toBe('');
});

const origins = Array.from({ length: 12 }, (_, index) => 1990 + index);
const offered = {
	origins,
	series: origins.map((_, index) => 12 + index),
	scores: Object.fromEntries(
		['opportunity', 'past growth continues', 'naive', 'chosen by rolling origin'].map((name) => [
			name,
			{ spearman: name === 'opportunity' ? certain : one, precision_at_10_percent: one, ndcg_at_20: one }
		])
	),
	chosen: ['0.4/0.4/0.2', '0.4/0.4/0.2', '0.4/0.4/0.2', ...new Array<string>(9).fill('0/0.8/0.2')],
	recommended: '0/0.8/0.2',
	alternative: '0/0.8/0.2',
	gain: 0.05,
	gain_low: 0.01,
	gain_high: 0.09
};

it('shows what the score was worth beside both baselines, each with its interval, and what is today’s', () => {
	const backtest = { id: 1, made_at: '2026-11-24T02:20:00Z', model_hash: 'm', release_id: 'r7', articles: 8959, result: offered };
	const told = shown(Result, { backtest });
	expect(told).toContain('from 1990 to 2001');
	expect(told).toContain('12 to 23 topics each');
	expect(told).toContain('Judged is the score with the weights 0.4/0.4/0.2');
	const other = shown(Result, { backtest: { ...backtest, result: { ...offered, weights: '0.1/0.5/0.4' } } });
	for (const words of ['with the weights 0.1/0.5/0.4', 'opportunity, 0.1/0.5/0.4', 'the correlation of 0.1/0.5/0.4', 'none yet: 0.1/0.5/0.4 stands'])
		expect(other).toContain(words);
	expect(told).toContain('survivorship');
	expect(told).toContain('MeSH headings are those that the articles have now: what they were at T is not known');
	expect(told).toContain('opportunity, 0.4/0.4/0.2 0.100 (0.000 to 0.200) +0.100 (+0.010 to +0.200)');
	expect(told).toContain('past growth continues 0.100 (0.000 to 0.200) 0.100');
	expect(told).toContain('naive 0.100 (0.000 to 0.200) \u22120.020 (\u22120.100 to +0.060)');
	expect(told).toContain('no weights were chosen by the years that judge them');
	expect(told).toContain('+0.050 (95 % interval +0.010 to +0.090)');
});

it('colours no difference where the years are too few, and says why', () => {
	const backtest = { id: 1, made_at: '2026-11-24T02:20:00Z', model_hash: 'm', release_id: 'r7', articles: 8959, result: offered };
	const coloured = (years: number[]) => / class="(better|worse)/.test(markup(Result, { backtest: { ...backtest, result: { ...offered, origins: years } } }));
	expect([coloured(origins), coloured(origins.slice(0, 9))]).toEqual([true, false]);
	expect(shown(Result, { backtest: { ...backtest, result: { ...offered, origins: origins.slice(0, 7) } } })).toContain('7 years are too few for that');
	expect(shown(Result, { backtest })).not.toContain('too few');
});

it('offers other weights only as what they are, and says why there are none', () => {
	expect(offer(offered)).toMatch(/ranked by 0\/0\.8\/0\.2 .* these very weights will be judged by years to come\.$/);
	const none = { ...offered, alternative: null };
	expect(offer({ ...none, gain_low: 0 })).toContain('not better for certain');
	expect(offer({ ...none, origins: origins.slice(0, 7) })).toContain('7 years are too few to prove that, 10 are needed');
	expect(offer({ ...none, recommended: '0.4/0.4/0.2' })).toContain('speak for 0.4/0.4/0.2 itself');
});

it('tells of each choice by which years it was made and by which it was judged', () => {
	const told = choices(offered);
	expect(told[0]).toEqual({ origin: 1990, known: 'none yet: 0.4/0.4/0.2 stands', weights: '0.4/0.4/0.2', judged: '1991 to 1993' });
	expect(told[3]).toEqual({ origin: 1993, known: '1990', weights: '0/0.8/0.2', judged: '1994 to 1996' });
	expect(told[11]).toEqual({ origin: 2001, known: '1990 to 1998', weights: '0/0.8/0.2', judged: '2002 to 2004' });
	// No outcome by which it was chosen is of a year that judges it.
	for (const { origin, known } of told.slice(3)) expect(Number(known.slice(-4)) + 3).toBeLessThanOrEqual(origin);
	expect(choices({ ...offered, chosen: undefined })).toEqual([]);
});
