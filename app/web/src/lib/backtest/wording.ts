import type { Backtest, BacktestFigure, Parts } from '#lib/api/types.ts';

const MINUS = '\u2212';

/** A correlation or share to three digits, with a real minus sign. */
export function figure(value: number): string {
	return value < 0 ? MINUS + Math.abs(value).toFixed(3) : value.toFixed(3);
}

export function signed(value: number): string {
	return value > 0 ? `+${value.toFixed(3)}` : figure(value);
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

/** One honest sentence on what the score was worth. */
export function summary({ result }: Pick<Backtest, 'result'>): string {
	const one = result.scores.opportunity!.spearman;
	const past = result.scores['past growth continues']!.spearman;
	const TOLD = {
		better: 'better than past growth does',
		worse: 'worse than past growth does',
		open: 'and past growth does so as well, within what can be told apart'
	};
	return (
		`At ${result.origins.length} years T of this corpus the score ranked the topics' growth from T to T + 3 with a ` +
		`correlation of ${figure(one.value)} (past growth: ${figure(past.value)}), ${TOLD[verdict(one)]}.`
	);
}
