import type { Backtest, BacktestFigure, Parts } from '#lib/api/types.ts';

const MINUS = '\u2212';

/** A correlation or share to three digits, with a real minus sign. */
export function figure(value: number): string {
	const shown = Math.abs(value).toFixed(3);
	return value < 0 && Number(shown) > 0 ? MINUS + shown : shown;
}

export function signed(value: number): string {
	const shown = figure(value);
	return Number(shown) > 0 ? `+${shown}` : shown;
}

/** "+0.042 (+0.017 to +0.073)". */
export function apart(of: BacktestFigure): string {
	return `${signed(of.difference)} (${signed(of.difference_low)} to ${signed(of.difference_high)})`;
}

/** Better or worse than past growth for certain, by an interval that leaves zero out. */
export function verdict(of: BacktestFigure): 'better' | 'worse' | 'open' {
	if (of.difference_low > 0) return 'better';
	return of.difference_high < 0 ? 'worse' : 'open';
}

/** "0.2/0.6/0.2" as weights. */
export function weightsOf(name: string): Parts {
	const [novelty = 0, velocity = 0, recency = 0] = name.split('/').map(Number);
	return { novelty, velocity, recency };
}

const ORDER = [
	'opportunity',
	'as opportunity-2',
	'without age of prior work',
	'without rarity',
	'without citations',
	'without novelty',
	'without velocity',
	'without recency',
	'novelty alone',
	'velocity alone',
	'recency alone',
	'chosen by rolling origin',
	'forecast growth',
	'past growth continues',
	'naive'
];

/** The scores in their order: the product's own and its parts first, what it has to beat last. */
export function inOrder<T>(scores: Record<string, T>): [string, T][] {
	const place = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
	return Object.entries(scores).sort(([one], [other]) => place(one) - place(other));
}

const MEASURES: Record<string, string> = {
	rarity: 'the rarity of MeSH headings’ meeting',
	citations: 'citations'
};

/** What the score was judged without, because no topic knew it; empty where all was known. */
export function judgedWithout({ known }: Backtest['result']): string {
	const unknown = Object.keys(MEASURES).filter((name) => known?.[name] === 0);
	if (!unknown.length) return '';
	return `No topic at any of these years had enough known of ${unknown.map((name) => MEASURES[name]).join(' and ')}: the score was judged without.`;
}

/** One honest sentence on what the score was worth. */
export function summary({ result }: Pick<Backtest, 'result'>): string {
	const one = result.scores.opportunity!.spearman;
	const past = result.scores['past growth continues']!.spearman;
	const TOLD = {
		better: 'better than past growth does',
		worse: 'worse than past growth does',
		open: 'which cannot be told apart from what past growth does'
	};
	return (
		`At ${result.origins.length} years T of this corpus the score ranked the topics' growth from T to T + 3 with a ` +
		`correlation of ${figure(one.value)} (past growth: ${figure(past.value)}), ${TOLD[verdict(one)]}.`
	);
}
