import type { Run } from '#lib/analysis/types.ts';

/** The shapes of opportunities and their receipts under /api/v1, as the server documents them. */

export interface Parts {
	novelty: number;
	velocity: number;
	recency: number;
}

/** What the parts are made from; null where too little is known. Missing in receipts of earlier releases. */
export interface Measures {
	distance: number;
	/** Share of the nearest earlier papers that are from the older half of earlier work. */
	old: number | null;
	/** Of its MeSH headings' meeting. */
	rarity: number | null;
	/** Logarithm of the growth of its papers over the field's. */
	papers: number;
	/** Growth of log(1 + citation ratio) over the field's. */
	citations: number | null;
	/** Papers whose citation ratio is known. */
	cited: { recent: number; earlier: number };
}

/** What a score was computed from: enough to compute it again. */
export interface OpportunityReceipt {
	inputs: Parts & { windows: { recent: number; earlier: number; corpus_recent: number; corpus_earlier: number } } & Partial<Measures>;
	/** The distribution of each part, and of novelty's measures, over the reference's topics, as evenly spaced percentiles. */
	reference: Record<string, number[]>;
	/** Null where no citation ratio is known; missing in receipts of earlier releases. */
	citations?: { source: string; looked_up: string[] } | null;
	/** Missing in receipts of earlier releases, whose scores were measured against their own run's topics. */
	reference_id?: string;
	reference_snapshot?: string;
	bootstrap?: { draws: number; level: number; seed: number };
	weights: Parts;
	sample_size: number;
	/** The least score of each label. */
	thresholds: Record<string, number>;
	note: string;
	method?: string;
	snapshot: string;
	model_hash: string;
	release_id: string;
}

/** The ends of a score's 95 % interval; missing or null in analyses of earlier releases. */
export interface Interval {
	low?: number | null;
	high?: number | null;
}

export interface TopicOpportunity extends Parts, Interval {
	score: number;
	label: string;
}

export interface Opportunity extends Parts, Interval {
	topic_id: number;
	name: string;
	articles: number;
	score: number;
	label: string;
	recommendation: string;
	receipt: OpportunityReceipt;
}

export interface WithoutScore {
	topic_id: number;
	name: string;
	articles: number;
	reason: string;
}

export interface OpportunityList {
	run: Run;
	weights: Parts;
	items: Opportunity[];
	/** Topics without a score, largest first. */
	refused: WithoutScore[];
}
