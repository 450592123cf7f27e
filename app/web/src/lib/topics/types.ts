import type { Run } from '#lib/analysis/types.ts';
import type { Refusal } from '#lib/api/types.ts';
import type { ArticleSummary } from '#lib/articles/types.ts';
import type { Forecast, TopicCitations, TopicMonths, YearCount } from '#lib/charts/types.ts';
import type { OpportunityReceipt, TopicOpportunity } from '#lib/opportunities/types.ts';

/** The shapes of topics under /api/v1, as the server documents them. */

/** What became of a topic from one analysis to the next. */
export interface TopicChange {
	run_id: number;
	/** ISO 8601. */
	finished_at: string;
	kind: 'born' | 'split' | 'merged' | 'died';
	topic_key: number;
	topic_name: string;
	/** What it split from or was merged into. */
	other_key: number | null;
	other_name: string | null;
	/** Of its articles that are in the other one. */
	share: number | null;
}

export interface Topic {
	id: number;
	name: string;
	terms: string[];
	articles: number;
	x: number;
	y: number;
	/** Yearly growth of its share of the corpus's papers, last three complete years against the three before. */
	growth: number | null;
	/** All years, the newest of which may not be complete. */
	years: YearCount[];
	forecast: Forecast | Refusal;
	opportunity: TopicOpportunity | Refusal;
	/** Its number from analysis to analysis; null in analyses of older releases. */
	key: number | null;
	/** 0..1: agreement with what is found among 80 % of the articles. */
	stability: number | null;
	/** 0..1: articles shared with its former self; null: new. */
	agreement: number | null;
	theme: number | null;
}

export interface TopicDetail extends Topic {
	representative: ArticleSummary[];
	recommendation: string;
	/** Null where the topic was not scored. */
	receipt: OpportunityReceipt | null;
	/** Null in analyses of older releases, as citations. */
	months: TopicMonths | null;
	citations: TopicCitations | null;
	history: TopicChange[];
}

export interface TopicList {
	run: Run;
	items: Topic[];
	/** Since the analysis before; empty in the first. */
	changes: TopicChange[];
}

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
