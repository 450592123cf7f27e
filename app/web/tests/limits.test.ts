import { describe, expect, it } from 'vitest';
import { choices, has, LANGUAGES, turned, TYPES } from '#lib/searches/limits.ts';
import LimitsForm from '#lib/searches/LimitsForm.svelte';
import { NO_LIMITS } from '#lib/searches/draft.ts';
import { markup } from './shown.ts';

describe('limits beyond those that are always shown', () => {
	it('are shown with them, once each, whatever their capitals', () => {
		expect(choices(TYPES, ['Letter', 'review', 'letter'])).toEqual([...TYPES, 'Letter']);
		expect(choices(LANGUAGES, [])).toEqual(LANGUAGES);
	});

	it('stand checked in the form of a search that has them', () => {
		const limits = { ...NO_LIMITS, publication_types: ['Letter'], languages: ['polish', 'English'] };
		const labels = markup(LimitsForm, { limits, change: () => {} }).match(/<label.*?<\/label>/gs) ?? [];
		const checked = labels.filter((label) => label.includes('checked')).map((label) => label.replace(/<[^>]*>/g, '').trim());
		expect(checked).toEqual(['Letter', 'english', 'polish']);
	});

	it('are chosen, and can be taken away', () => {
		expect(has(['English', 'polish'], 'english')).toBe(true);
		expect(turned(['English', 'polish'], 'polish')).toEqual(['English']);
		expect(turned(['English', 'polish'], 'english')).toEqual(['polish']);
		expect(turned(['polish'], 'english')).toEqual(['polish', 'english']);
	});
});
