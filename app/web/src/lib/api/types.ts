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

/** What somebody wrote about an article. */
export interface Note {
	id: number;
	pmid: number;
	/** The article's; empty where it is no longer stored. */
	title: string;
	author: string;
	own: boolean;
	text: string;
	shared: boolean;
	created_at: string;
	changed_at: string;
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

export type Outcome = 'running' | 'done' | 'failed' | 'lost' | (string & {});

export interface WorkStep {
	name: string;
	started_at: string;
	finished_at: string | null;
	outcome: Outcome;
	cause: string;
	/** Of what its cost grows with: articles. */
	amount: number;
	counts: Record<string, number>;
	cpu_seconds: number | null;
	/** Bytes. */
	peak_memory: number | null;
}

/** What ran by itself or was asked for. */
export interface WorkRun {
	id: number;
	kind: string;
	/** The articles that it is of: everything, or the name of a selection. */
	scope: string;
	asked_by: string;
	release_id: string;
	started_at: string;
	finished_at: string | null;
	/** Lost: its process ended without a word. */
	outcome: Outcome;
	cause: string;
	steps: WorkStep[];
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
	retracted: boolean;
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
	qualifiers: { ui?: string | null; name: string; major: boolean }[];
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
	/** False: `pmid` is a number of the platform's own, which is not to be shown as a PMID. */
	has_pmid: boolean;
	version: number;
	journal_abbreviation: string;
	volume: string;
	issue: string;
	pages: string;
	details: Details;
	duplicate_of: number | null;
	duplicates: number[];
	earlier_versions: { version: number; title: string; reason: string; ended_at: string }[];
	citations: Citations[];
	imported_at: string;
	updated_at: string;
}

/** A notice or a comment that ties the article to another. */
export interface Correction {
	/** PubMed's RefType: RetractionIn, ErratumIn, CommentOn … */
	kind: string;
	source: string;
	pmid: number | null;
	note: string;
}

/** What else PubMed tells; what is empty is left out. */
export interface Details {
	corrections?: Correction[];
	chemicals?: { registry_number: string; ui: string; name: string }[];
	grants?: { number: string; acronym: string; agency: string; country: string }[];
	references?: { citation: string; pmid: number | null; doi: string | null }[];
	data_banks?: { name: string; accession_numbers: string[] }[];
	conflicts?: string;
	vernacular_title?: string;
}

/** One source's answer; null: the source does not know it. */
export interface Citations {
	source: string;
	citations: number | null;
	by_year: { year: number; citations: number }[] | null;
	relative_citation_ratio: number | null;
	percentile: number | null;
	looked_up_at: string;
}

/** A file that was given to be imported. */
export interface FileImport {
	id: number;
	file_name: string;
	format: string;
	bytes: number;
	state: 'waiting' | 'running' | 'done' | 'failed';
	requested_at: string;
	finished_at: string | null;
	records_read: number;
	report: {
		new: number;
		updated: number;
		unchanged: number;
		wanted: number;
		skipped: number;
		deleted: number;
		duplicates: number;
		problems: string[];
		/** Of a list of PMIDs, once they were asked for: stored, and without a record. */
		fetched?: number;
		unknown?: number;
		unknown_pmids?: number[];
		/** Why they could not be asked for; and whether that is tried again. */
		fetch_problem?: string;
		fetch_again?: boolean;
	} | null;
	failure: string | null;
	remedy: string | null;
}

export interface ArticlePage {
	items: ArticleSummary[];
	total: number;
	/** There are about so many: counting them would take long. */
	total_is_estimate: boolean;
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
	low95: number;
	high95: number;
}

/** What a model did at earlier years of the same topics, each forecast made from the years up to then. */
export interface ForecastMeasured {
	origins: number;
	/** Mean absolute error over the naive forecast's; null where naive never missed. */
	error_of_naive: number | null;
	/** The same of each other model that had enough to tell from, naive left out; older analyses lack it. */
	others?: Record<string, number | null>;
	coverage80: number;
	coverage95: number;
}

/** Of papers a year, papers a month and citations a year; null where none could be forecast. */
export interface RunMeasured {
	forecast_measured?: ForecastMeasured | null;
	months_forecast_measured?: ForecastMeasured | null;
	citations_forecast_measured?: ForecastMeasured | null;
	/** ARIMA's p,d,q, as "1,1,1". */
	arima_order?: string;
}

export interface Forecast {
	method: string;
	/** The naive forecast, one number a year, for the same years as `points`. */
	naive: number[];
	points: ForecastPoint[];
	/** The model that made `points`. */
	model: string;
	/** What the other models expect, by their names, for the same years. */
	others: Record<string, number[]>;
}

/** The same of months: 2019-03. */
export interface MonthForecast extends Omit<Forecast, 'points'> {
	points: (Omit<ForecastPoint, 'year'> & { month: string })[];
}

/** Complete months of a topic that has enough papers a month; no counts where it has not. */
export interface TopicMonths {
	counts: { month: string; articles: number }[];
	forecast: MonthForecast | Refusal;
}

/** Citations of a topic's papers in the years that a source tells whole. */
export interface TopicCitations {
	counts: { year: number; citations: number }[];
	/** Of how many of its articles they are known. */
	known: number;
	forecast: Forecast | Refusal;
}

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

export interface MapTopic {
	id: number;
	name: string;
	x: number;
	y: number;
	articles: number;
	/** Of level 1; null where there are no themes. */
	theme: number | null;
}

/** A theme (level 1 and up, coarser and coarser) or a subtopic (level -1). */
export interface TopicGroup {
	level: number;
	id: number;
	/** At the next coarser level; of a subtopic its topic. */
	parent: number | null;
	name: string;
	terms: string[];
	articles: number;
	x: number;
	y: number;
}

export interface TopicMapData {
	run: Run;
	topics: MapTopic[];
	groups: TopicGroup[];
	/** Parallel arrays; topic -1 is an article that belongs to none. */
	points: { pmid: number[]; x: number[]; y: number[]; topic: number[]; subtopic: number[] };
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

/** Two MeSH headings that are each common near an idea and rarely together. */
export interface ConceptGap {
	one: string;
	other: string;
	with_one: number;
	with_other: number;
	together: number;
	/** Together, if the one told nothing of the other. */
	expected: number;
	p: number;
	/** Corrected for all pairs that were tested. */
	q: number;
}

export interface Evidence {
	kinds: Record<string, number>;
	unclassified: number;
	human: number;
	animal: number;
	typed: number;
	reviews_to_research: number | null;
	missing: string[];
}

export interface Leader {
	name: string;
	articles: number;
}

/** What the articles nearest to an idea say and leave open. */
export interface Gaps {
	idea: string;
	articles: number;
	/** Cosine similarity of the last of them. */
	farthest: number;
	years: [number, number] | null;
	prior_work: ArticleSummary[];
	concepts: { gaps: ConceptGap[]; articles: number; headings: number; tested: number } | Refusal;
	evidence: Evidence | Refusal;
	needs: { pmid: number; sentence: string; source: { title: string; journal: string; year: number | null } }[];
	leaders: { authors: Leader[]; institutions: Leader[]; journals: Leader[] };
}

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
		/** Weights as "novelty/velocity/recency". */
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

export interface WithoutScore {
	topic_id: number;
	name: string;
	articles: number;
	reason: string;
}

/** How the analysis of one search's articles by themselves stands. */
export interface SearchAnalysis {
	/** By which its topics, map and opportunities are asked for. */
	scope: string;
	run: Run | null;
	job: Job | null;
	/** What it is at. */
	step: string | null;
	steps_done: number;
	steps: number;
	/** Why the newest failed. */
	cause: string;
}

/** What happened that the reader should know of. */
export interface Alert {
	id: number;
	/** ISO 8601. */
	at: string;
	kind: 'topic born' | 'topic merged' | 'topic rising' | 'new papers' | 'run failed';
	title: string;
	detail: string;
	seen: boolean;
	/** In the newest analysis of everything; null where it is of none, or of one that is gone. */
	topic_id: number | null;
	search_id: number | null;
	work_run_id: number | null;
}

export interface AlertList {
	items: Alert[];
	/** In all, not only among `items`. */
	unseen: number;
}

export interface OpportunityList {
	run: Run;
	weights: Parts;
	items: Opportunity[];
	/** Topics without a score, largest first. */
	refused: WithoutScore[];
}

export function isRefusal(value: object): value is Refusal {
	return 'refused' in value;
}

/** A large export that the server makes and keeps for some days. */
export interface KeptExport {
	id: number;
	title: string;
	format: string;
	file_name: string;
	state: 'waiting' | 'running' | 'done' | 'failed';
	requested_at: string;
	articles: number | null;
	written: number;
	bytes: number | null;
	/** Whoever has it gets the file; null until it is done, and when it has expired. */
	link: string | null;
	expires_at: string | null;
	/** Why it is tried again. */
	problem: string;
	failure: string | null;
	remedy: string | null;
}

export interface KeptExports {
	items: KeptExport[];
	/** Exports from so many articles are better made this way; null: the server keeps none. */
	from_articles: number | null;
	days: number;
}
