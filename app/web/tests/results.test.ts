import { describe, expect, it } from 'vitest';
import { readResultQuery, resultAddress, resultsApiAddress, resultsExportAddress } from '#lib/searches/query.ts';

const read = (address: string) => readResultQuery(new URL(address, 'https://site.invalid').searchParams);

describe('a search’s articles in the address', () => {
	it.each([
		'/searches/7',
		'/searches/7?sort=citations&new=only&page=2',
		'/searches/7?year_from=1990&year_to=2005&journal=Lancet&publication_type=Review&mesh=Aged&topic=0&sort=newest'
	])('survive reading and writing: %s', (address) => {
		expect(resultAddress(7, read(address))).toBe(address);
	});

	it('are the server’s page of what the filters leave, and all pages of it as a file', () => {
		const query = read('/searches/7?journal=Lancet&mesh=Aged&new=only&sort=citations&page=2');
		expect(resultsApiAddress('7', query)).toBe(
			'/api/v1/searches/7/articles?journal=Lancet&mesh=Aged&only_new=true&sort=citations&page=2&page_size=25'
		);
		expect(resultsExportAddress(7, query, 'excel')).toBe(
			'/api/v1/export?format=excel&search_id=7&journal=Lancet&mesh=Aged&only_new=true'
		);
	});
});
