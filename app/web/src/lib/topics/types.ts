/** The shapes of what is told of topics beyond one analysis, as the server documents them. */

/** A topic as one analysis found it. */
export interface Appearance {
	run_id: number;
	/** ISO 8601. */
	finished_at: string;
	/** In that analysis. */
	topic_id: number;
	name: string;
	articles: number;
	/** 0..1: articles shared with its former self; null: new. */
	agreement: number | null;
	/** Null: not scored. */
	score: number | null;
	low: number | null;
	high: number | null;
}

/** What a model did at earlier years of a run's own topics. */
export interface ModelError {
	model: string;
	origins: number;
	/** Mean absolute error over the naive forecast's; null where naive never missed. */
	error_of_naive: number | null;
	coverage80: number;
	coverage95: number;
}

export interface ForecastErrors {
	run_id: number;
	/** As "1,1,1". */
	arima_order: string;
	papers: ModelError[];
	citations: ModelError[];
}
