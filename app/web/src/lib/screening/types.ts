import type { ArticleSummary } from '#lib/articles/types.ts';

/** The shapes of collections and marks under /api/v1, as the server documents them. */

export type Mark = 'include' | 'exclude' | 'maybe';

export interface Collection {
	id: number;
	owner: string;
	own: boolean;
	name: string;
	description: string;
	/** With everybody who has an account. */
	shared: boolean;
	created_at: string;
	articles: number;
	/** These three by one's own marks. */
	included: number;
	excluded: number;
	maybe: number;
}

/** A reviewer's decision. */
export interface Decision {
	account: string;
	own: boolean;
	mark: Mark;
	reason: string;
}

export interface Collected {
	pmid: number;
	/** Null: no longer stored. */
	article: ArticleSummary | null;
	marks: Decision[];
}

export interface CollectedPage {
	items: Collected[];
	total: number;
	page: number;
	page_size: number;
}

/** A collection that holds an article. */
export interface Holding {
	id: number;
	name: string;
	marks: Decision[];
}

/** What people have made of an article. */
export interface Screened {
	pmid: number;
	collections: Holding[];
	notes: number;
}
