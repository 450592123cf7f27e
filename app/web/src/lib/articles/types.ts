import type { Model } from '#lib/api/types.ts';

/** The shapes of articles, notes, imports and exports under /api/v1, as the server documents them. */

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
	/** Cosine similarity, 0 to 1, where the list was asked for by meaning; null: it is not known yet. */
	similarity?: number | null;
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
