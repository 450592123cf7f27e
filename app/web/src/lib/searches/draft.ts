import type { Concept, Limits, Relaxation, Search, Suggestions } from './types.ts';

/** A search that is being put together; kept in the tab, so that a reload loses nothing of it. */
export interface Draft {
	idea: string;
	/** Undefined until keywords were asked for, or where the draft began from an earlier search. */
	suggestions: Suggestions | undefined;
	concepts: Concept[];
	limits: Limits;
	query: string;
	/** The query is the reader's own writing, not made from the concepts. */
	written: boolean;
	/** How many articles to fetch at most; null: the field is empty, and MOST are. */
	most: number | null;
	/** Its parts are shown. */
	begun: boolean;
}

export const NO_LIMITS: Limits = { first: null, last: null, publication_types: [], languages: [] };
export const MOST = 100;
export const EMPTY: Draft = {
	idea: '',
	suggestions: undefined,
	concepts: [],
	limits: NO_LIMITS,
	query: '',
	written: false,
	most: MOST,
	begun: false
};

const KEY = 'prime-time-draft';

export function keep(draft: Draft, storage: Pick<Storage, 'setItem' | 'removeItem'>): void {
	if (draft.idea === '' && !draft.begun) storage.removeItem(KEY);
	else storage.setItem(KEY, JSON.stringify(draft));
}

/** What was kept; an empty draft where nothing was, or what another release kept otherwise. */
export function kept(storage: Pick<Storage, 'getItem'>): Draft {
	const text = storage.getItem(KEY);
	if (text === null) return EMPTY;
	try {
		const value: unknown = JSON.parse(text);
		return isDraft(value) ? value : EMPTY;
	} catch {
		return EMPTY;
	}
}

export function forget(storage: Pick<Storage, 'removeItem'>): void {
	storage.removeItem(KEY);
}

/** An earlier search, to be changed and run again. */
export function draftOf(search: Pick<Search, 'idea' | 'query' | 'concepts' | 'limits' | 'max_results'>): Draft {
	const written = search.concepts.length === 0;
	return {
		...EMPTY,
		idea: search.idea,
		concepts: search.concepts,
		limits: { ...NO_LIMITS, ...search.limits },
		query: search.query,
		written,
		most: search.max_results,
		begun: true
	};
}

/** A draft in which each of these MeSH headings is a concept; null where there is none. Written into an address by `headingsAddress`. */
export function draftOfHeadings(search: Pick<URLSearchParams, 'get' | 'getAll'>): Draft | null {
	const headings = [...new Set(search.getAll('mesh').filter(Boolean))];
	if (headings.length === 0) return null;
	const concepts: Concept[] = headings.map((name) => ({ name, terms: [{ text: name, field: 'mesh', on: true }] }));
	return { ...EMPTY, idea: search.get('idea') ?? '', concepts, begun: true };
}

/** Where a search for articles that have all of these headings is put together. */
export function headingsAddress(idea: string, headings: string[]): string {
	return `/searches/new?${new URLSearchParams([['idea', idea], ...headings.map((name) => ['mesh', name])])}`;
}

/** With a concept of this name and word; null where there is one of the name already. */
export function withConcept(concepts: Concept[], name: string): Concept[] | null {
	if (concepts.some((concept) => concept.name.toLowerCase() === name.toLowerCase())) return null;
	return [...concepts, { name, terms: [{ text: name, field: 'tiab', on: true }] }];
}

/** With the offer taken: what it keeps as it has it, what it leaves out switched off. */
export function relaxed(concepts: Concept[], { concepts: kept }: Pick<Relaxation, 'concepts'>): Concept[] {
	const byName = new Map(kept.map((concept) => [concept.name, concept]));
	const off = (concept: Concept) => ({ ...concept, terms: concept.terms.map((term) => ({ ...term, on: false })) });
	return concepts.map((concept) => byName.get(concept.name) ?? off(concept));
}

/** Whether an article must match it. */
export function isUsed(concept: Concept): boolean {
	return concept.terms.some((term) => term.on);
}

/** With the names by which the server tells the used ones apart, in their order. */
export function renamed(concepts: Concept[], names: string[]): Concept[] {
	const told = names.values();
	return concepts.map((concept) => (isUsed(concept) ? { ...concept, name: told.next().value ?? concept.name } : concept));
}

/** How near each suggested word is to the idea, 0 to 1, by the word in lower case. */
export function nearness(suggestions: Suggestions | undefined): Map<string, number> {
	const keywords = suggestions?.keywords.map(({ text, score }): [string, number] => [text.toLowerCase(), score]) ?? [];
	const headings = suggestions?.mesh.map(({ name, score }): [string, number] => [name.toLowerCase(), score]) ?? [];
	return new Map([...keywords, ...headings]);
}

function isDraft(value: unknown): value is Draft {
	if (typeof value !== 'object' || value === null) return false;
	const draft = value as Partial<Draft>;
	return (
		typeof draft.idea === 'string' &&
		typeof draft.query === 'string' &&
		typeof draft.written === 'boolean' &&
		typeof draft.begun === 'boolean' &&
		(draft.most === null || typeof draft.most === 'number') &&
		Array.isArray(draft.concepts) &&
		draft.concepts.every((concept) => typeof concept?.name === 'string' && Array.isArray(concept.terms)) &&
		typeof draft.limits === 'object' &&
		Array.isArray(draft.limits?.publication_types) &&
		Array.isArray(draft.limits.languages)
	);
}
