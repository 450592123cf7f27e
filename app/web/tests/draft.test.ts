import { expect, it } from 'vitest';
import { draftOfHeadings, EMPTY, headingsAddress, keep, kept, relaxed, renamed } from '#lib/searches/draft.ts';

function read(address: string) {
	return draftOfHeadings(new URL(address, 'http://here').searchParams);
}

it('begins with a concept for each heading that an address names', () => {
	const draft = read(headingsAddress('zinc & asthma', ['Asthma', 'Diabetes Mellitus, Type 2', 'Asthma']));
	expect(draft).toMatchObject({ idea: 'zinc & asthma', begun: true, written: false, query: '' });
	expect(draft?.concepts).toEqual([
		{ name: 'Asthma', terms: [{ text: 'Asthma', field: 'mesh', on: true }] },
		{ name: 'Diabetes Mellitus, Type 2', terms: [{ text: 'Diabetes Mellitus, Type 2', field: 'mesh', on: true }] }
	]);
});

it('is no draft where no heading is named', () => {
	expect(read('/searches/new')).toBeNull();
	expect(read('/searches/new?mesh=&idea=x')).toBeNull();
});

it('is kept while the number of articles to fetch is empty', () => {
	const held = new Map<string, string>();
	const storage = {
		getItem: (key: string) => held.get(key) ?? null,
		setItem: (key: string, value: string) => held.set(key, value),
		removeItem: (key: string) => held.delete(key)
	};
	const draft = { ...EMPTY, idea: 'zinc & asthma', begun: true, most: null };
	keep(draft, storage);
	expect(kept(storage)).toEqual(draft);
	keep({ ...draft, most: 250 }, storage);
	expect(kept(storage).most).toBe(250);
});

it('calls the used concepts what the server calls them', () => {
	const concept = (name: string, on = true) => ({ name, terms: [{ text: 'x', field: 'tiab' as const, on }] });
	expect(renamed([concept('limits'), concept('age', false), concept('drug')], ['limits (2)', 'drug'])).toEqual([
		concept('limits (2)'),
		concept('age', false),
		concept('drug')
	]);
});

it('takes an offer as it was made: other fields are taken over, what is left out is switched off', () => {
	const concept = (name: string, field: 'tiab' | 'all', on = true) => ({ name, terms: [{ text: name, field, on }] });
	expect(relaxed([concept('age', 'tiab'), concept('drug', 'tiab')], { concepts: [concept('drug', 'all')] })).toEqual([
		concept('age', 'tiab', false),
		concept('drug', 'all')
	]);
});
