import { expect, it } from 'vitest';
import { collectedAddress, collectionExportAddress, readCollectionQuery } from '#lib/screening/query.ts';

const read = (address: string) => readCollectionQuery(new URLSearchParams(address));

it('asks for a page of a collection and for the same articles as a file', () => {
	const query = read('show=disputed&q=asthma&sort=title&page=3');
	expect(collectedAddress(7, query)).toBe('/api/v1/collections/7/articles?disputed=true&q=asthma&sort=title&page=3&page_size=25');
	expect(collectionExportAddress(7, query, 'ris')).toBe('/api/v1/export?disputed=true&q=asthma&collection_id=7&sort=title&format=ris');
});

it('asks for the file in the order of the page, also where that is the order of adding', () => {
	expect(collectionExportAddress(7, read(''), 'csv')).toBe('/api/v1/export?collection_id=7&as_added=true&format=csv');
	expect(collectionExportAddress(7, read('show=exclude'), 'csv')).toBe('/api/v1/export?mark=exclude&collection_id=7&as_added=true&format=csv');
});
