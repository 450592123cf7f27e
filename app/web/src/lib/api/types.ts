/** The shapes of the HTTP interface under /api/v1, as the server documents them. */

export type Role = 'reader' | 'researcher' | 'administrator' | (string & {});

export interface Person {
	email: string;
	name: string;
	role: Role;
}

/** An account, as its owner and administrators see it. */
export interface Account extends Person {
	id: number;
	created_at: string;
	/** Null: may sign in. */
	disabled_at: string | null;
}

export interface Invitation extends Person {
	/** Null: somebody new; otherwise a new password for that account. */
	account_id: number | null;
	created_at: string;
	expires_at: string;
}

/** Shown once: the link, or the token, is nowhere else. */
export interface InvitationMade extends Invitation {
	link: string;
}

export type Scope = 'read' | 'search' | 'model' | 'export' | 'write';

export interface PersonalToken {
	id: number;
	name: string;
	scopes: Scope[];
	created_at: string;
	expires_at: string | null;
	last_used_at: string | null;
}

export interface PersonalTokenMade extends PersonalToken {
	token: string;
}

export interface AuditEvent {
	id: number;
	at: string;
	actor: string;
	action: string;
	subject: string;
	details: Record<string, unknown>;
	address: string;
}

export interface AuditPage {
	items: AuditEvent[];
	/** `before` of the next page; null: this is the last. */
	next: number | null;
}

export interface Health {
	status: string;
	release_id: string;
	version: string;
}

export interface YearCount {
	year: number;
	articles: number;
}

export interface Run {
	id: number;
	/** ISO 8601. */
	started_at: string;
	finished_at: string;
	model_hash: string;
	release_id: string;
	articles: number;
	topics: number;
	parameters: Record<string, unknown>;
	status: string;
}

/** An analysis that was asked for from the page. */
export interface Job {
	job_id: number;
	/** The queue's word: todo, doing, succeeded, failed … */
	status: string;
	attempts: number;
	requested_at: string | null;
	finished_at: string | null;
}

export interface AnalysisList {
	items: Run[];
	jobs: Job[];
}

export interface Model {
	source: string;
	hash: string;
	dimension: number;
}

export interface Dashboard {
	articles: number;
	with_abstract: number;
	embedded: number;
	/** Articles marked as made up by the corpus itself. */
	made_up: number;
	years: YearCount[];
	journals: { name: string; articles: number }[];
	topics: number;
	model: Model | null;
	last_analysis: Run | null;
	release_id: string;
}

export interface TopicName {
	id: number;
	name: string;
}

export interface ArticleSummary {
	pmid: number;
	title: string;
	excerpt: string;
	journal: string;
	year: number | null;
	date_printed: string;
	authors: string[];
	publication_types: string[];
	topic: TopicName | null;
	made_up: boolean;
	/** Cosine similarity, 0 to 1, where the list was asked for by meaning. */
	similarity?: number;
}

export interface Author {
	last_name: string | null;
	fore_name: string | null;
	initials: string | null;
	collective_name: string | null;
	orcid: string | null;
	affiliations: string[];
}

export interface MeshHeading {
	ui: string | null;
	name: string;
	major: boolean;
	qualifiers: { ui?: string | null; name: string; major?: boolean }[];
}

export interface Article extends ArticleSummary {
	abstract: string;
	abstract_sections: { label: string | null; text: string }[];
	authors_full: Author[];
	mesh: MeshHeading[];
	keywords: string[];
	doi: string | null;
	pmc: string | null;
	languages: string[];
}

export interface ArticlePage {
	items: ArticleSummary[];
	total: number;
	page: number;
	page_size: number;
}

export interface MeaningResult {
	query: string;
	items: ArticleSummary[];
	model: Model;
	milliseconds: number;
}

/** Why a figure was not computed; shown instead of it. */
export interface Refusal {
	refused: string;
}

export interface ForecastPoint {
	year: number;
	expected: number;
	low80: number;
	high80: number;
}

export interface Forecast {
	method: string;
	/** The naive forecast, one number a year, for the same years as `points`. */
	naive: number[];
	points: ForecastPoint[];
}

export interface Parts {
	novelty: number;
	velocity: number;
	recency: number;
}

/** What a score was computed from: enough to compute it again. */
export interface OpportunityReceipt {
	inputs: Parts & { windows: { recent: number; earlier: number; corpus_recent: number; corpus_earlier: number } };
	/** The distribution of each part over the analysis's topics, as evenly spaced percentiles. */
	reference: Record<keyof Parts, number[]>;
	weights: Parts;
	sample_size: number;
	/** The least score of each label. */
	thresholds: Record<string, number>;
	note: string;
	snapshot: string;
	model_hash: string;
	release_id: string;
}

export interface TopicOpportunity extends Parts {
	score: number;
	label: string;
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
}

export interface TopicDetail extends Topic {
	representative: ArticleSummary[];
	recommendation: string;
	/** Null where the topic was not scored. */
	receipt: OpportunityReceipt | null;
}

export interface TopicList {
	run: Run;
	items: Topic[];
}

export interface TopicMapData {
	run: Run;
	topics: { id: number; name: string; x: number; y: number; articles: number }[];
	/** Parallel arrays; topic -1 is an article that belongs to none. */
	points: { pmid: number[]; x: number[]; y: number[]; topic: number[] };
}

export interface Opportunity extends Parts {
	topic_id: number;
	name: string;
	articles: number;
	score: number;
	label: string;
	recommendation: string;
	receipt: OpportunityReceipt;
}

export interface OpportunityList {
	run: Run;
	weights: Parts;
	items: Opportunity[];
}

export function isRefusal(value: object): value is Refusal {
	return 'refused' in value;
}
