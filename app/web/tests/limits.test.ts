import { describe, expect, it } from 'vitest';
import { choices, has, LANGUAGES, turned, TYPES } from '#lib/searches/limits.ts';

describe('limits beyond those that are always shown', () => {
	it('are shown with them, once each, whatever their capitals', () => {
		expect(choices(TYPES, ['Letter', 'review', 'letter'])).toEqual([...TYPES, 'Letter']);
		expect(choices(LANGUAGES, [])).toEqual(LANGUAGES);
	});

	it('are chosen, and can be taken away', () => {
		expect(has(['English', 'polish'], 'english')).toBe(true);
		expect(turned(['English', 'polish'], 'polish')).toEqual(['English']);
		expect(turned(['English', 'polish'], 'english')).toEqual(['polish']);
		expect(turned(['polish'], 'english')).toEqual(['polish', 'english']);
	});
});
