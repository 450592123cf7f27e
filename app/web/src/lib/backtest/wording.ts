import type { Parts } from '#lib/opportunities/types.ts';
import type { Backtest, BacktestFigure } from './types.ts';

const MINUS = '\u2212';
// Two of the bootstrap's blocks of five years: drawn from fewer the intervals are too narrow, and prove nothing.
const FEWEST_YEARS = 10;

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

/** "(−0.010 to +0.120)": where the mean itself lies. */
export function between(of: BacktestFigure): string {
	return `(${figure(of.low)} to ${figure(of.high)})`;
}

/** Better or worse than past growth for certain, by an interval of enough years that leaves zero out. */
export function verdict(of: BacktestFigure, years: number): 'better' | 'worse' | 'open' {
	if (years < FEWEST_YEARS) return 'open';
	if (of.difference_low > 0) return 'better';
	return of.difference_high < 0 ? 'worse' : 'open';
}

/** Why no interval proves anything here; empty where there are years enough. */
export function tooFew(years: number): string {
	if (years >= FEWEST_YEARS) return '';
	return (
		`${years === 1 ? 'One year is' : `${years} years are`} too few for that: intervals are drawn from blocks of five years, and from fewer than ` +
		`${FEWEST_YEARS} years they come out too narrow.`
	);
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

const STANDARD = '0.4/0.4/0.2';

/** The weights of the score that was judged. */
export function ownWeights({ weights = STANDARD }: Pick<Backtest['result'], 'weights'>): string {
	return weights;
}

// Growth is judged over so many years after T.
const AFTER = 3;

const ROWS: Record<string, string> = {
	'as opportunity-2': 'without age, rarity and citations',
	'chosen by rolling origin': 'weights chosen at each T'
};

/** A score's name as it stands before its row. */
export function rowName(name: string, own: string): string {
	return name === 'opportunity' ? `opportunity, ${own}` : (ROWS[name] ?? name);
}

/** How other weights were sought, and what that was worth. */
export function choosing({ gain, gain_low, gain_high, weights }: Backtest['result']): string {
	return (
		'At each T weights were chosen among all shares of the three parts in steps of a fifth, by the growth that was known at T alone, and then ' +
		`judged by the growth that followed. So no weights were chosen by the years that judge them. This changes the correlation of ${ownWeights({ weights })} by ` +
		`${signed(gain)} (95\u00a0% interval ${signed(gain_low)} to ${signed(gain_high)}).`
	);
}

/** Whether other weights are offered, and why. */
export function offer({ alternative, recommended, gain_low, origins }: Backtest['result']): string {
	if (alternative)
		return (
			`That is better for certain, so the opportunities can also be ranked by ${alternative} (novelty/velocity/recency), for which all these years ` +
			'speak now. What was judged is this way of choosing: these very weights will be judged by years to come.'
		);
	if (gain_low <= 0) return 'That is not better for certain, so no other weights are offered.';
	if (origins.length < FEWEST_YEARS) return `But ${origins.length} years are too few to prove that, ${FEWEST_YEARS} are needed: no other weights are offered.`;
	return `All these years together speak for ${recommended} itself, so no other weights are offered.`;
}

/** What was chosen at each year T, by the outcomes of which years, and by which it was judged. */
export function choices({ chosen = [], origins, weights: own }: Backtest['result']): { origin: number; known: string; weights: string; judged: string }[] {
	return chosen.map((weights, place) => {
		const origin = origins[place]!;
		const known = origins.filter((one) => one + AFTER <= origin);
		const years = known.length > 1 ? `${known[0]} to ${known.at(-1)}` : String(known[0]);
		return {
			origin,
			known: known.length ? years : `none yet: ${ownWeights({ weights: own })} stands`,
			weights,
			judged: `${origin + 1} to ${origin + AFTER}`
		};
	});
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
	const years = result.origins.length;
	const one = result.scores.opportunity!.spearman;
	const past = result.scores['past growth continues']!.spearman;
	const TOLD = {
		better: 'better than past growth does',
		worse: 'worse than past growth does',
		open: 'which cannot be told apart from what past growth does'
	};
	const ranked =
		`At ${years === 1 ? 'one year' : `${years} years`} T of this corpus the score ranked the topics' growth from T to T + 3 with a ` +
		`correlation of ${figure(one.value)} (past growth: ${figure(past.value)})`;
	if (years >= FEWEST_YEARS) return `${ranked}, ${TOLD[verdict(one, years)]}.`;
	const beside = figure(one.value) === figure(past.value) ? 'as high' : one.value > past.value ? 'higher' : 'lower';
	return `${ranked}: ${beside}, and so few years do not prove which foretells growth better.`;
}
