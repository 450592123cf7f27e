import type { Refusal } from '#lib/api/types.ts';
import type { ArticleSummary } from '#lib/articles/types.ts';
import type { Interval, OpportunityReceipt, Parts } from '#lib/opportunities/types.ts';

/** The shapes of keywords, queries and searches under /api/v1, as the server documents them. */

export type Field = 'tiab' | 'ti' | 'mesh' | 'majr' | 'tw' | 'all' | 'ot';

export interface Term {
	text: string;
	field: Field;
	on: boolean;
}

/** Terms of which one is enough. */
export interface Concept {
	name: string;
	terms: Term[];
}

export interface Limits {
	/** Publication dates, YYYY-MM-DD. */
	first: string | null;
	last: string | null;
	publication_types: string[];
	languages: string[];
}

export interface Suggestions {
	idea: string;
	keywords: { text: string; score: number; origin: 'idea' | 'mesh' | 'keyword' }[];
	/** `entry_terms_known` is false where MeSH could not be asked: there may be others, or none. */
	mesh: { name: string; score: number; articles: number; entry_terms: string[]; entry_terms_known: boolean }[];
	concepts: Concept[];
	nearest: number;
	/** Empty, or why PubMed could not be asked. */
	pubmed: string;
}

export interface Relaxation {
	dropped: string[];
	count: number;
	query: string;
	concepts: Concept[];
	limits: Limits;
}

export interface Counted {
	query: string;
	count: number;
	understood: string;
	not_found: string[];
	concepts: { name: string; count: number }[];
	relaxations: Relaxation[];
	spelling: string | null;
	/** Empty, or why PubMed could not be asked for it. */
	spelling_problem: string;
}

export type State = 'planned' | 'running' | 'done' | 'cancelled' | 'failed';
export type Step = 'planning' | 'fetching' | 'citations' | 'embedding' | 'scoring' | 'finished';

/** How novel an idea's own text is: its place among titles of recent articles, each taken for an idea of its year. */
export interface IdeaNovelty {
	/** 0 to 1. */
	novelty: number;
	/** PMIDs, the nearest first. */
	nearest: number[];
	receipt: {
		/** Mean cosine distance to the 15 nearest articles. */
		distance: number;
		/** The share of those from the older half of the field. */
		old: number;
		titles: number;
		/** 21 percentiles of the titles' own distances, shares and novelty. */
		reference: Record<string, number[]>;
		method: string;
		snapshot: string;
		model_hash: string;
		release_id: string;
	};
}

/** The search's articles as an opportunity: a score with its parts, interval and receipt, or why there is none. */
export interface Scores extends Partial<Parts>, Interval {
	refused?: string;
	score?: number;
	label?: string;
	recommendation?: string;
	receipt?: OpportunityReceipt;
	/** The idea by itself; missing where the search has none, and in searches of earlier releases. */
	idea?: IdeaNovelty | Refusal;
	/** iCite's mean percentile, 0 to 1; null: it knows none of the articles. */
	citation: number | null;
	citations_known: number;
}

export type Scored = Scores & Parts & { score: number; label: string };

export interface Search {
	id: number;
	idea: string;
	keywords: string;
	query: string;
	/** Empty where the query was written by hand. */
	concepts: Concept[];
	limits: Partial<Limits>;
	max_results: number;
	state: State;
	step: Step;
	/** PubMed's whole count; null: not asked yet. */
	articles_found: number | null;
	/** Articles that no search by dates could list: of single days with more of them than PubMed hands out. */
	beyond_reach: number;
	planned: number;
	fetched: number;
	new: number;
	unavailable: number;
	embedded: number;
	scored: number;
	seconds_left: number | null;
	problem: string;
	scores: Scores | null;
	requested_at: string;
	finished_at: string | null;
	requested_by: string | null;
	/** Null: nobody's, for everybody to change. */
	requested_by_id: number | null;
	saved_search_id: number | null;
}

export interface SearchPage {
	items: Search[];
	total: number;
}

export interface Citations {
	source: 'icite' | 'openalex' | 'crossref';
	/** Null: the source does not know the article. */
	citations: number | null;
	relative_citation_ratio: number | null;
	looked_up_at: string;
}

export interface SearchedArticle extends ArticleSummary {
	rank: number;
	is_new: boolean;
	citations: Citations[];
}

export interface SearchedPage {
	items: SearchedArticle[];
	total: number;
	page: number;
	page_size: number;
}

/** How many articles two searches share. */
export interface Comparison {
	only_one: number;
	only_other: number;
	both: number;
}

/** An article that PubMed found and gave no readable record of. */
export interface Unavailable {
	pmid: number;
	rank: number;
	problem: string;
}

/** Whether one is told by e-mail of what is new in a saved search. */
export interface MailStanding {
	/** whether the platform sends e-mail at all */
	set_up: boolean;
	wanted: boolean;
	address: string;
	sent_at: string | null;
	/** why the newest e-mail could not be sent until now; empty: nothing */
	problem: string;
}

export interface SavedSearch {
	id: number;
	name: string;
	every_days: number;
	saved_by: string | null;
	/** Null: nobody's, for everybody to change. */
	saved_by_id: number | null;
	runs: number;
	newest_search_id: number | null;
	newest_state: State | null;
	query: string | null;
	last_run_at: string | null;
	newest_done_id: number | null;
	articles_found: number | null;
	/** When it is run again at the earliest; null: as soon as may be. */
	due_at: string | null;
	/** Null: it has run only once. */
	new_since: number | null;
}
