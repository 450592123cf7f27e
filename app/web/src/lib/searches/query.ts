import { addFilters, readFilters, type ArticleFilters } from '#lib/articles/filters.ts';
import type { ExportFormat } from '#lib/articles/query.ts';

/** What is shown of a search's articles, kept in the address. */
export interface ResultQuery extends ArticleFilters {
	sort: ResultSort;
	onlyNew: boolean;
	page: number;
}

export type ResultSort = 'rank' | 'similarity' | 'newest' | 'citations';

export const RESULT_SORTS: { value: ResultSort; label: string }[] = [
	{ value: 'rank', label: 'PubMed’s' },
	{ value: 'similarity', label: 'nearest to the idea' },
	{ value: 'newest', label: 'newest' },
	{ value: 'citations', label: 'most cited' }
];

export const PAGE_SIZE = 25;

export function readResultQuery(search: Pick<URLSearchParams, 'get'>): ResultQuery {
	return {
		...readFilters(search),
		sort: RESULT_SORTS.find((known) => known.value === search.get('sort'))?.value ?? 'rank',
		onlyNew: search.get('new') === 'only',
		page: whole(search.get('page')) ?? 1
	};
}

/** What is as by default is left out, so equal questions have equal addresses. */
export function resultAddress(id: number | string, query: ResultQuery): string {
	const search = new URLSearchParams();
	addFilters(search, query);
	if (query.sort !== 'rank') search.set('sort', query.sort);
	if (query.onlyNew) search.set('new', 'only');
	if (query.page > 1) search.set('page', String(query.page));
	return address(`/searches/${id}`, search);
}

/** Where the server answers for one page of them. */
export function resultsApiAddress(id: number | string, query: ResultQuery): string {
	const search = listed(query);
	search.set('sort', query.sort);
	search.set('page', String(query.page));
	search.set('page_size', String(PAGE_SIZE));
	return `/api/v1/searches/${encodeURIComponent(id)}/articles?${search}`;
}

/** All pages of them, in PubMed's order, as a file. */
export function resultsExportAddress(id: number, query: ResultQuery, format: ExportFormat): string {
	return `/api/v1/export?${new URLSearchParams([['format', format], ['search_id', String(id)], ...listed(query)])}`;
}

/** Two searches side by side, and the part of them that is listed. */
export interface ComparisonQuery {
	one: number | null;
	other: number | null;
	part: Part;
	page: number;
}

export type Part = 'both' | 'only_one' | 'only_other';

export function readComparison(search: Pick<URLSearchParams, 'get'>): ComparisonQuery {
	const part = search.get('part');
	return {
		one: whole(search.get('one')),
		other: whole(search.get('other')),
		part: part === 'only_one' || part === 'only_other' ? part : 'both',
		page: whole(search.get('page')) ?? 1
	};
}

export function comparisonAddress(query: Partial<ComparisonQuery>): string {
	const search = new URLSearchParams();
	if (query.one) search.set('one', String(query.one));
	if (query.other) search.set('other', String(query.other));
	if (query.part && query.part !== 'both') search.set('part', query.part);
	if (query.page && query.page > 1) search.set('page', String(query.page));
	return address('/searches/compare', search);
}

/** The search whose ranks the part is listed in, and what narrows it to the part. */
export function partOf(one: number, other: number, part: Part): { search: number; narrowed: Record<string, string> } {
	if (part === 'only_other') return { search: other, narrowed: { not_in: String(one) } };
	return { search: one, narrowed: part === 'both' ? { also_in: String(other) } : { not_in: String(other) } };
}

export function partExportAddress(one: number, other: number, part: Part, format: ExportFormat): string {
	const { search, narrowed } = partOf(one, other, part);
	return `/api/v1/export?${new URLSearchParams({ format, search_id: String(search), ...narrowed })}`;
}

function listed(query: ResultQuery): URLSearchParams {
	const search = new URLSearchParams();
	addFilters(search, query);
	if (query.onlyNew) search.set('only_new', 'true');
	return search;
}

function address(path: string, search: URLSearchParams): string {
	const written = search.toString();
	return written ? `${path}?${written}` : path;
}

function whole(value: string | null): number | null {
	return value !== null && /^[1-9]\d{0,8}$/.test(value) ? Number(value) : null;
}
