import type { Refusal } from '#lib/api/types.ts';
import type { ArticleSummary } from '#lib/articles/types.ts';

/** The shapes of gaps under /api/v1, as the server documents them. */

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
	/** Of them retracted, or notices about another article: not read. */
	left_out: number;
	/** Cosine similarity of the last of them. */
	farthest: number;
	years: [number, number] | null;
	prior_work: ArticleSummary[];
	concepts: { gaps: ConceptGap[]; articles: number; headings: number; tested: number } | Refusal;
	evidence: Evidence | Refusal;
	needs: { pmid: number; sentence: string; source: { title: string; journal: string; year: number | null } }[];
	leaders: { authors: Leader[]; institutions: Leader[]; journals: Leader[] };
}
