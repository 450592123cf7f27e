import type { ExportFormat } from '#lib/articles/query.ts';

/** What is shown of a collection, kept in the address. */
export interface CollectionQuery {
	show: Show;
	q: string;
	sort: CollectionSort;
	page: number;
}

export type Show = 'all' | 'unmarked' | 'include' | 'maybe' | 'exclude' | 'disputed';
export type CollectionSort = 'added' | 'newest' | 'oldest' | 'title';

export const SHOWS: { value: Show; label: string }[] = [
	{ value: 'all', label: 'All' },
	{ value: 'unmarked', label: 'Not marked by you' },
	{ value: 'include', label: 'Included by you' },
	{ value: 'maybe', label: 'Maybe' },
	{ value: 'exclude', label: 'Excluded by you' },
	{ value: 'disputed', label: 'Reviewers differ' }
];

export const COLLECTION_SORTS: { value: CollectionSort; label: string }[] = [
	{ value: 'added', label: 'As added' },
	{ value: 'newest', label: 'Newest first' },
	{ value: 'oldest', label: 'Oldest first' },
	{ value: 'title', label: 'Title A–Z' }
];

const PAGE_SIZE = 25;

export function readCollectionQuery(search: Pick<URLSearchParams, 'get'>): CollectionQuery {
	const page = search.get('page') ?? '';
	return {
		show: SHOWS.find((known) => known.value === search.get('show'))?.value ?? 'all',
		q: (search.get('q') ?? '').trim(),
		sort: COLLECTION_SORTS.find((known) => known.value === search.get('sort'))?.value ?? 'added',
		page: /^\d{1,6}$/.test(page) ? Math.max(1, Number(page)) : 1
	};
}

/** What is as by default is left out, so equal questions have equal addresses. */
export function collectionAddress(id: number | string, query: Partial<CollectionQuery> = {}): string {
	const search = new URLSearchParams();
	if (query.show && query.show !== 'all') search.set('show', query.show);
	if (query.q) search.set('q', query.q);
	if (query.sort && query.sort !== 'added') search.set('sort', query.sort);
	if (query.page && query.page > 1) search.set('page', String(query.page));
	const written = search.toString();
	return `/collections/${id}${written ? `?${written}` : ''}`;
}

/** Where the server answers it. */
export function collectedAddress(id: number | string, query: CollectionQuery): string {
	const search = shown(query);
	search.set('sort', query.sort);
	search.set('page', String(query.page));
	search.set('page_size', String(PAGE_SIZE));
	return `/api/v1/collections/${id}/articles?${search}`;
}

/** The same articles as a file: all pages of them. */
export function collectionExportAddress(id: number | string, query: CollectionQuery, format: ExportFormat): string {
	const search = shown(query);
	search.set('collection_id', String(id));
	if (query.sort === 'added') search.set('as_added', 'true');
	else search.set('sort', query.sort);
	search.set('format', format);
	return `/api/v1/export?${search}`;
}

function shown(query: CollectionQuery): URLSearchParams {
	const search = new URLSearchParams();
	if (query.show === 'unmarked' || query.show === 'disputed') search.set(query.show, 'true');
	else if (query.show !== 'all') search.set('mark', query.show);
	if (query.q) search.set('q', query.q);
	return search;
}
