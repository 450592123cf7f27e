import { addFilters, readFilters, whole, type ArticleFilters } from './filters.ts';

/** The article list's question, kept in the address so that it can be linked, reloaded and gone back to. */
export interface ArticleQuery extends ArticleFilters {
	by: By;
	q: string;
	/** Of a search by words, which lists all that have them. */
	sort: Sort;
	page: number;
	/** How many of the best articles to show; not by words alone. */
	limit: number;
}

/** `words` is the server's full-text search, `meaning` the nearest articles by their vectors, `both` the two fused. */
export type By = 'words' | 'meaning' | 'both';

export const BYS: { value: By; label: string; example: string }[] = [
	{ value: 'words', label: 'By words', example: 'Words in title or abstract, e.g. hypertension elderly' },
	{
		value: 'meaning',
		label: 'By meaning',
		example: 'Describe what you look for, e.g. side effects of blood pressure drugs in elderly patients'
	},
	{ value: 'both', label: 'By both', example: 'Words that count and what they mean, e.g. captopril in elderly patients' }
];

export type Sort = 'newest' | 'oldest' | 'title' | 'relevance';

export const SORTS: { value: Sort; label: string }[] = [
	{ value: 'relevance', label: 'Best match' },
	{ value: 'newest', label: 'Newest first' },
	{ value: 'oldest', label: 'Oldest first' },
	{ value: 'title', label: 'Title A–Z' }
];

export const PAGE_SIZE = 25;
export const LIMITS = [25, 50, 100];

export function readQuery(search: Pick<URLSearchParams, 'get'>): ArticleQuery {
	const q = (search.get('q') ?? '').trim();
	const sort = SORTS.find((known) => known.value === search.get('sort'))?.value;
	const limit = Number(search.get('limit'));
	return {
		by: BYS.find((known) => known.value === search.get('by'))?.value ?? 'words',
		q,
		...readFilters(search),
		sort: sort && (sort !== 'relevance' || q) ? sort : defaultSort(q),
		page: Math.max(1, whole(search.get('page')) ?? 1),
		limit: LIMITS.includes(limit) ? limit : LIMITS[0]!
	};
}

/** The address of a query: what is as by default is left out, so equal questions have equal addresses. */
export function articlesAddress(query: Partial<ArticleQuery>): string {
	const search = new URLSearchParams();
	const q = (query.q ?? '').trim();
	const by = query.by ?? 'words';
	if (by !== 'words') search.set('by', by);
	addQuestion(search, query);
	if (by === 'words') {
		if (query.sort && query.sort !== defaultSort(q)) search.set('sort', query.sort);
		if (query.page && query.page > 1) search.set('page', String(query.page));
	} else if (query.limit && query.limit !== LIMITS[0]) search.set('limit', String(query.limit));
	const written = search.toString();
	return written ? `/articles?${written}` : '/articles';
}

/** Where the server answers a query. */
export function apiAddress(query: ArticleQuery): string {
	const search = new URLSearchParams();
	addQuestion(search, query);
	if (query.by !== 'words') {
		search.set('mode', mode(query.by));
		search.set('limit', String(query.limit));
		return `/api/v1/search?${search}`;
	}
	search.set('sort', query.sort);
	search.set('page', String(query.page));
	search.set('page_size', String(PAGE_SIZE));
	return `/api/v1/articles?${search}`;
}

export const EXPORTS = [
	{ value: 'csv', label: 'CSV' },
	{ value: 'excel', label: 'Excel' },
	{ value: 'ris', label: 'RIS' },
	{ value: 'bibtex', label: 'BibTeX' },
	{ value: 'nbib', label: 'NBIB' }
] as const;
export type ExportFormat = (typeof EXPORTS)[number]['value'];

/** The same articles as a file: all pages of a list, as many of the best as are shown. */
export function exportAddress(query: ArticleQuery, format: ExportFormat): string {
	const search = new URLSearchParams({ format });
	if (query.by === 'words') {
		addQuestion(search, query);
		search.set('sort', query.sort);
	} else {
		search.set('search', query.q);
		addFilters(search, query);
		search.set('mode', mode(query.by));
		search.set('limit', String(query.limit));
	}
	return `/api/v1/export?${search}`;
}

export function pageCount(total: number, pageSize: number): number {
	return Math.max(1, Math.ceil(total / pageSize));
}

function defaultSort(q: string): Sort {
	return q ? 'relevance' : 'newest';
}

function mode(by: Exclude<By, 'words'>): string {
	return by === 'both' ? 'hybrid' : 'meaning';
}

function addQuestion(search: URLSearchParams, query: Partial<ArticleQuery>): void {
	const q = (query.q ?? '').trim();
	if (q) search.set('q', q);
	addFilters(search, query);
}
