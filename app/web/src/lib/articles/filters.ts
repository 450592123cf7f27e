/** What a list of articles is narrowed to; in the address as the server reads it. */
export interface ArticleFilters {
	yearFrom: number | null;
	yearTo: number | null;
	journal: string;
	publicationType: string;
	mesh: string;
	topic: number | null;
}

export const NO_FILTERS: ArticleFilters = { yearFrom: null, yearTo: null, journal: '', publicationType: '', mesh: '', topic: null };

export function readFilters(search: Pick<URLSearchParams, 'get'>): ArticleFilters {
	return {
		yearFrom: year(search.get('year_from')),
		yearTo: year(search.get('year_to')),
		journal: search.get('journal') ?? '',
		publicationType: search.get('publication_type') ?? '',
		mesh: search.get('mesh') ?? '',
		topic: whole(search.get('topic'))
	};
}

export function addFilters(search: URLSearchParams, filters: Partial<ArticleFilters>): void {
	if (filters.yearFrom) search.set('year_from', String(filters.yearFrom));
	if (filters.yearTo) search.set('year_to', String(filters.yearTo));
	if (filters.journal) search.set('journal', filters.journal);
	if (filters.publicationType) search.set('publication_type', filters.publicationType);
	if (filters.mesh) search.set('mesh', filters.mesh);
	if (filters.topic !== null && filters.topic !== undefined) search.set('topic', String(filters.topic));
}

/** Filters that are set; each can be taken away on its own. */
export function filterCount(filters: ArticleFilters): number {
	const { yearFrom, yearTo, journal, publicationType, mesh, topic } = filters;
	return [yearFrom, yearTo, journal, publicationType, mesh, topic].filter((value) => value !== null && value !== '').length;
}

export function whole(value: string | null): number | null {
	return value !== null && /^-?\d{1,9}$/.test(value) ? Number(value) : null;
}

function year(value: string | null): number | null {
	const number = whole(value);
	return number !== null && number >= 1500 && number <= 2999 ? number : null;
}
