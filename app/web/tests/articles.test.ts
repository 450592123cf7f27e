import { describe, expect, it } from 'vitest';
import { credits } from '#lib/articles/authors.ts';
import { notices, place, related } from '#lib/articles/notices.ts';
import { sources } from '#lib/articles/sources.ts';

const author = { last_name: 'Smith', fore_name: 'Jane', initials: 'J', collective_name: null, orcid: null, affiliations: [] };

describe('authors', () => {
	it('list each affiliation once', () => {
		const both = [
			{ ...author, affiliations: ['Oslo', 'Bergen '] },
			{ ...author, fore_name: null, affiliations: ['Bergen'] }
		];
		expect(credits(both)).toEqual({
			authors: [
				{ name: 'Jane Smith', orcid: null, at: [1, 2] },
				{ name: 'J Smith', orcid: null, at: [2] }
			],
			affiliations: ['Oslo', 'Bergen']
		});
	});

	it('may be a group, and are left out without a name', () => {
		const group = { ...author, collective_name: 'SPRINT Research Group' };
		const nobody = { ...author, last_name: null, fore_name: null, initials: null };
		expect(credits([group, nobody]).authors.map((credited) => credited.name)).toEqual(['SPRINT Research Group']);
	});

	it.each(['0000-0002-1825-0097', 'http://orcid.org/0000-0002-1825-0097'])('have an ORCID written %s', (orcid) => {
		expect(credits([{ ...author, orcid }]).authors[0]!.orcid).toBe('0000-0002-1825-0097');
	});

	it('have no link to something that is no ORCID', () => {
		expect(credits([{ ...author, orcid: 'javascript:alert(1)' }]).authors[0]!.orcid).toBeNull();
	});
});

describe('where an article can be read', () => {
	it('writes DOI and PMC addresses', () => {
		const found = sources({ pmid: 1, has_pmid: true, doi: '10.1002/(SICI)1097<1::AID>3.0.CO;2-#', pmc: '123', made_up: false });
		expect(found.map((source) => source.href)).toEqual([
			'https://pubmed.ncbi.nlm.nih.gov/1/',
			'https://doi.org/10.1002/(SICI)1097%3C1%3A%3AAID%3E3.0.CO%3B2-%23',
			'https://www.ncbi.nlm.nih.gov/pmc/articles/PMC123/'
		]);
	});

	it('is not PubMed for one that has no PMID', () => {
		const found = sources({ pmid: 5_000_000_000_000_000, has_pmid: false, doi: '10.1/x', pmc: null, made_up: false });
		expect(found.map((source) => source.name)).toEqual(['DOI']);
	});

	it('is nowhere for one that is made up', () => {
		expect(sources({ pmid: 900000001, has_pmid: true, doi: '10.1/x', pmc: null, made_up: true })).toEqual([]);
	});
});

describe('notices', () => {
	const tie = (kind: string, pmid: number | null = null) => ({ kind, source: 'Lancet. 2004', pmid, note: '' });

	it('show the gravest first, and comments apart', () => {
		const article = { retracted: true, details: { corrections: [tie('ErratumIn'), tie('CommentOn'), tie('RetractionIn', 7)] } };
		expect(notices(article).map((notice) => [notice.weight, notice.pmid])).toEqual([
			['retraction', 7],
			['correction', null]
		]);
		expect(related(article).map((one) => one.says)).toEqual(['Comment on']);
	});

	it('tell of a retraction that no notice names', () => {
		expect(notices({ retracted: true, details: {} })).toMatchObject([{ weight: 'retraction', says: 'Retracted' }]);
		expect(notices({ retracted: false, details: {} })).toEqual([]);
	});
});

it.each([
	[{ volume: '12', issue: '3', pages: '1-9' }, '12(3):1-9'],
	[{ volume: '', issue: '', pages: 'e12' }, 'e12'],
	[{ volume: '12', issue: '', pages: '' }, '12']
])('the place in print of %o is %s', (article, printed) => {
	expect(place(article)).toBe(printed);
});
