/** The article list's question, kept in the address so that it can be linked, reloaded and gone back to. */
export interface ArticleQuery {
	/** `words` is the server's full-text search, `meaning` the nearest articles by their vectors. */
	by: 'words' | 'meaning';
	q: string;
	yearFrom: number | null;
	yearTo: number | null;
	journal: string;
	publicationType: string;
	mesh: string;
	topic: number | null;
	sort: Sort;
	page: number;
	/** How many of the nearest articles to show; by meaning only. */
	limit: number;
}

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
		by: search.get('by') === 'meaning' ? 'meaning' : 'words',
		q,
		yearFrom: year(search.get('year_from')),
		yearTo: year(search.get('year_to')),
		journal: search.get('journal') ?? '',
		publicationType: search.get('publication_type') ?? '',
		mesh: search.get('mesh') ?? '',
		topic: whole(search.get('topic')),
		sort: sort && (sort !== 'relevance' || q) ? sort : defaultSort(q),
		page: Math.max(1, whole(search.get('page')) ?? 1),
		limit: LIMITS.includes(limit) ? limit : LIMITS[0]!
	};
}

/** The address of a query: what is as by default is left out, so equal questions have equal addresses. */
export function articlesAddress(query: Partial<ArticleQuery>): string {
	const search = new URLSearchParams();
	const q = (query.q ?? '').trim();
	if (query.by === 'meaning') search.set('by', 'meaning');
	addFilters(search, query);
	if (query.by === 'meaning') {
		if (query.limit && query.limit !== LIMITS[0]) search.set('limit', String(query.limit));
	} else {
		if (query.sort && query.sort !== defaultSort(q)) search.set('sort', query.sort);
		if (query.page && query.page > 1) search.set('page', String(query.page));
	}
	const written = search.toString();
	return written ? `/articles?${written}` : '/articles';
}

/** Where the server answers a query. */
export function apiAddress(query: ArticleQuery): string {
	const search = new URLSearchParams();
	addFilters(search, query);
	if (query.by === 'meaning') {
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

/** The same articles as a file: all pages of them. */
export function exportAddress(query: ArticleQuery, format: ExportFormat): string {
	const search = new URLSearchParams({ format });
	if (query.by === 'meaning') {
		search.set('search', query.q);
		addYears(search, query);
		search.set('limit', String(query.limit));
	} else {
		addFilters(search, query);
		search.set('sort', query.sort);
	}
	return `/api/v1/export?${search}`;
}

/** The stored articles of a search of PubMed, in its order, as a file. */
export function searchExportAddress(id: number, format: ExportFormat): string {
	return `/api/v1/export?${new URLSearchParams({ format, search_id: String(id) })}`;
}

/** Filters that are set besides the words and the order; each can be taken away on its own. */
export function filterCount(query: ArticleQuery): number {
	const set = [query.yearFrom, query.yearTo, query.journal, query.publicationType, query.mesh, query.topic];
	return set.filter((value) => value !== null && value !== '').length;
}

export function pageCount(total: number, pageSize: number): number {
	return Math.max(1, Math.ceil(total / pageSize));
}

function defaultSort(q: string): Sort {
	return q ? 'relevance' : 'newest';
}

function addFilters(search: URLSearchParams, query: Partial<ArticleQuery>): void {
	const q = (query.q ?? '').trim();
	if (q) search.set('q', q);
	addYears(search, query);
	if (query.by === 'meaning') return;
	if (query.journal) search.set('journal', query.journal);
	if (query.publicationType) search.set('publication_type', query.publicationType);
	if (query.mesh) search.set('mesh', query.mesh);
	if (query.topic !== null && query.topic !== undefined) search.set('topic', String(query.topic));
}

function addYears(search: URLSearchParams, query: Partial<ArticleQuery>): void {
	if (query.yearFrom) search.set('year_from', String(query.yearFrom));
	if (query.yearTo) search.set('year_to', String(query.yearTo));
}

function whole(value: string | null): number | null {
	return value !== null && /^-?\d{1,9}$/.test(value) ? Number(value) : null;
}

function year(value: string | null): number | null {
	const number = whole(value);
	return number !== null && number >= 1500 && number <= 2999 ? number : null;
}
