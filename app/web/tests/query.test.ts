import { describe, expect, it } from 'vitest';
import { filterCount } from '#lib/articles/filters.ts';
import { apiAddress, articlesAddress, exportAddress, pageCount, readQuery } from '#lib/articles/query.ts';

const read = (address: string) => readQuery(new URL(address, 'https://site.invalid').searchParams);

describe('the article list in the address', () => {
	it('leaves out what is as by default', () => {
		expect(articlesAddress(read('/articles'))).toBe('/articles');
		expect(articlesAddress(read('/articles?sort=newest&page=1&by=words'))).toBe('/articles');
		expect(articlesAddress(read('/articles?q=statins&sort=relevance'))).toBe('/articles?q=statins');
	});

	it.each([
		'/articles?q=beta+blockers&year_from=1990&year_to=2005&journal=Lancet&publication_type=Review&topic=3&sort=oldest&page=4',
		'/articles?mesh=Drug+Therapy%2C+Combination&topic=0',
		'/articles?q=h%C3%A9mostase+%26+%22TNF-%CE%B1%22+100%25',
		'/articles?by=meaning&q=blood+pressure&year_from=2000&limit=50',
		'/articles?by=both&q=blood+pressure&journal=Lancet&mesh=Aged&topic=3'
	])('survives reading and writing: %s', (address) => {
		expect(articlesAddress(read(address))).toBe(address);
	});

	it('takes an address that somebody mangled for what is sound in it', () => {
		const query = read('/articles?page=-3&year_from=abc&year_to=99999&topic=1e9&sort=best&limit=7&by=magic&q=%20%20');
		expect(query).toMatchObject({ page: 1, yearFrom: null, yearTo: null, topic: null, sort: 'newest', limit: 25, by: 'words', q: '' });
	});

	it('does not order by match where no words were given', () => {
		expect(read('/articles?sort=relevance').sort).toBe('newest');
		expect(read('/articles?sort=relevance&q=x').sort).toBe('relevance');
	});
});

describe('what the server is asked', () => {
	it('asks for the page of the filtered list', () => {
		expect(apiAddress(read('/articles?q=statins&topic=0&page=2'))).toBe(
			'/api/v1/articles?q=statins&topic=0&sort=relevance&page=2&page_size=25'
		);
	});

	const narrowed = 'year_to=2001&journal=Lancet&publication_type=Review&mesh=Aged&topic=3';

	it.each([
		['meaning', 'meaning'],
		['both', 'hybrid']
	])('asks for the best by %s, within all filters', (by, mode) => {
		const query = read(`/articles?by=${by}&q=statins&${narrowed}`);
		expect(apiAddress(query)).toBe(`/api/v1/search?q=statins&${narrowed}&mode=${mode}&limit=25`);
		expect(exportAddress(query, 'csv')).toBe(`/api/v1/export?format=csv&search=statins&${narrowed}&mode=${mode}&limit=25`);
	});

	it('exports every page of the same list', () => {
		expect(exportAddress(read('/articles?q=statins&journal=Lancet&page=3'), 'ris')).toBe(
			'/api/v1/export?format=ris&q=statins&journal=Lancet&sort=relevance'
		);
	});
});

it('counts filters, of which topic 0 is one', () => {
	expect(filterCount(read('/articles?q=words'))).toBe(0);
	expect(filterCount(read('/articles?topic=0&journal=Lancet&year_from=2000'))).toBe(3);
});

it.each([
	[0, 1],
	[25, 1],
	[26, 2]
])('%i articles fill %i pages of 25', (total, pages) => {
	expect(pageCount(total, 25)).toBe(pages);
});
