import { expect, it } from 'vitest';
import ConceptCard from '#lib/searches/ConceptCard.svelte';
import { markup } from './shown.ts';

it('lets every word and heading be switched, edited and taken out, wherever it is looked for', () => {
	const concept = {
		name: 'asthma',
		terms: [
			{ text: 'wheezing', field: 'tiab' as const, on: true },
			{ text: 'Asthma', field: 'mesh' as const, on: false },
			{ text: 'bronchospasm', field: 'tw' as const, on: true }
		]
	};
	const card = markup(ConceptCard, { concept, number: 0, hits: 7, near: () => undefined, change: () => {}, remove: () => {} });
	for (const { text } of concept.terms) {
		expect(card).toContain(`aria-label="Edit ${text}"`);
		expect(card).toContain(`aria-label="Take ${text} out"`);
	}
	const chosen = [...card.matchAll(/<option value="(\w+)" selected/g)].map(([, field]) => field);
	expect(chosen).toEqual(['tiab', 'mesh', 'tw']);
});
