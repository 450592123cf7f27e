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
