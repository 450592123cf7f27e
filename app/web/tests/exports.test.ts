import { expect, test } from 'vitest';
import { told, wish } from '../src/lib/articles/exports.ts';
import { exportAddress, readQuery } from '../src/lib/articles/query.ts';
import type { KeptExport } from '../src/lib/articles/types.ts';
import { readResultQuery, resultsExportAddress } from '../src/lib/searches/query.ts';

const waiting: KeptExport = {
	id: 1,
	title: 'All articles',
	format: 'csv',
	file_name: 'prime-time.csv',
	state: 'waiting',
	requested_at: '2026-01-01T00:00:00Z',
	articles: 12000,
	written: 0,
	bytes: null,
	link: null,
	expires_at: null,
	problem: '',
	failure: null,
	remedy: null
};

test('a wish is what the address for a streamed export says', () => {
	const query = readQuery(new URLSearchParams({ q: 'zinc & copper', year_from: '1999' }));
	expect(wish(exportAddress(query, 'ris'))).toEqual({ format: 'ris', q: 'zinc & copper', year_from: '1999', sort: 'relevance' });
	const results = readResultQuery(new URLSearchParams({ journal: 'Lancet', new: 'only', sort: 'citations', page: '3' }));
	expect(wish(resultsExportAddress(7, results, 'csv'))).toEqual({ format: 'csv', search_id: '7', journal: 'Lancet', only_new: 'true' });
});

test('an export tells how it stands', () => {
	expect(told(waiting)).toBe('12,000 articles, waiting for its turn.');
	expect(told({ ...waiting, state: 'running', written: 500 })).toBe('500 of 12,000 articles written so far.');
	expect(told({ ...waiting, state: 'done', written: 12000, bytes: 34_400_000 })).toBe('12,000 articles, 34 MB.');
	expect(told({ ...waiting, state: 'done', written: 1, bytes: 20 })).toBe('1 article, 1 kB.');
	expect(told({ ...waiting, problem: 'the bucket is away' })).toBe('It could not be made: the bucket is away.');
	expect(told({ ...waiting, state: 'failed', failure: 'there is no search 7', remedy: 'look again' })).toBe('there is no search 7; look again');
});
