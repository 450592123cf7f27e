/** The shapes of the backtest under /api/v1, as the server documents them. */

/** A mean over origins, and its difference from "past growth continues", each with its 95 % interval. */
export interface BacktestFigure {
	value: number;
	low: number;
	high: number;
	difference: number;
	difference_low: number;
	difference_high: number;
}

export type Metric = 'spearman' | 'precision_at_10_percent' | 'ndcg_at_20';

export interface Backtest {
	id: number;
	made_at: string;
	model_hash: string;
	release_id: string;
	articles: number;
	result: {
		origins: number[];
		/** Topics judged at each origin. */
		series: number[];
		scores: Record<string, Record<Metric, BacktestFigure>>;
		/** The weights chosen at each origin, by the outcomes known by then. */
		chosen?: string[];
		/** The score's own weights, as "novelty/velocity/recency"; missing in backtests of earlier releases, which judged 0.4/0.4/0.2. */
		weights?: string;
		/** Weights likewise. */
		recommended: string;
		/** The weights to offer beside the standard ones; null where choosing them was not better for certain. */
		alternative: string | null;
		gain: number;
		gain_low: number;
		gain_high: number;
		/** Measure → topics of all origins that it was known of; missing in backtests of earlier releases. */
		known?: Record<string, number>;
	};
}
