import { describe, expect, it } from 'vitest';
import Progress from '#lib/searches/Progress.svelte';
import { citations, found, offer, share, standing, timeLeft } from '#lib/searches/wording.ts';
import type { Citations, Search } from '#lib/searches/types.ts';
import { shown } from './shown.ts';

const answer = (source: Citations['source'], number: number | null): Citations => ({
	source,
	citations: number,
	relative_citation_ratio: null,
	looked_up_at: '2026-11-25T00:00:00Z'
});

describe('a search in words', () => {
	it('says what it does', () => {
		expect(standing({ state: 'running', step: 'embedding' })).toBe('Running: reading the abstracts');
		expect(standing({ state: 'failed', step: 'fetching' })).toBe('Failed');
	});

	it('tells the time left as far as it is known', () => {
		expect(timeLeft(null)).toBe('');
		expect(timeLeft(0.2)).toBe('about 1 second of fetching and encoding left');
		expect(timeLeft(42.4)).toBe('about 42 seconds of fetching and encoding left');
		expect(timeLeft(200)).toBe('about 3 minutes of fetching and encoding left');
	});

	it('tells the whole count, not the cap', () => {
		expect(found({ articles_found: null, planned: 0 })).toBe('PubMed has not been asked yet');
		expect(found({ articles_found: 12345, planned: 100 })).toBe('PubMed has 12,345 articles; 100 of them are fetched');
		expect(found({ articles_found: 1, planned: 1 })).toBe('PubMed has 1 article');
	});

	it('shows the whole count beside what is fetched of it, and what is out of reach', () => {
		const search: Search = {
			id: 7,
			idea: '',
			keywords: '',
			query: 'asthma',
			concepts: [],
			limits: {},
			max_results: 10_000,
			state: 'running',
			step: 'fetching',
			articles_found: 60_000,
			beyond_reach: 3_000,
			planned: 10_000,
			fetched: 200,
			new: 0,
			unavailable: 0,
			embedded: 0,
			scored: 0,
			seconds_left: null,
			problem: '',
			scores: null,
			requested_at: '2026-11-25T00:00:00Z',
			finished_at: null,
			requested_by: null,
			requested_by_id: null,
			saved_search_id: null
		};
		expect(shown(Progress, { search })).toMatch(/found 60,000 to fetch 10,000 fetched 200 /);
		expect(shown(Progress, { search })).toContain('3,000 articles cannot be fetched');
		const planned = { ...search, state: 'planned', articles_found: null, beyond_reach: 0, planned: 0 } as const;
		expect(shown(Progress, { search: planned })).toMatch(/found – to fetch 0 /);
		expect(shown(Progress, { search: planned })).not.toContain('cannot be fetched');
	});

	it('measures how much is done', () => {
		const search = { state: 'running', planned: 10, fetched: 9, unavailable: 1, embedded: 9, scored: 0 } as const;
		expect(share(search)).toBeCloseTo(2 / 3);
		expect(share({ ...search, state: 'done' })).toBe(1);
		expect(share({ ...search, planned: 0, fetched: 0 })).toBe(0);
	});

	it('does not take unknown citations for none', () => {
		expect(citations([])).toBe('citations unknown');
		expect(citations([answer('icite', null)])).toBe('citations unknown');
		expect(citations([answer('icite', 0), answer('openalex', null)])).toBe('0 citations (iCite)');
		expect(citations([answer('crossref', 5), answer('icite', 3)])).toBe('3 citations (iCite)');
		expect(citations([answer('crossref', 5), answer('icite', null)])).toBe('5 citations (Crossref)');
	});

	it('offers what gives some', () => {
		const relaxation = { count: 12, query: '', concepts: [], limits: { first: null, last: null, publication_types: [], languages: [] } };
		expect(offer({ ...relaxation, dropped: ['age', 'limits'] })).toBe(
			'Without “age” and dates, types and languages: 12 articles'
		);
		expect(offer({ ...relaxation, dropped: ['fields'] })).toBe('The same words in all fields: 12 articles');
		expect(offer({ ...relaxation, dropped: ['fields', 'limits'] })).toBe(
			'The same words in all fields, without dates, types and languages: 12 articles'
		);
	});
});
