import { describe, expect, it } from 'vitest';
import { articlesDrawn } from '#lib/map/wording.ts';

describe('a map', () => {
	it('says of how many articles it draws a share', () => {
		expect(articlesDrawn({ articles: 1_000_000, drawn: 20_000 })).toBe('20,000 of 1,000,000 articles');
	});

	it('says how many there are where it draws all', () => {
		expect(articlesDrawn({ articles: 8782, drawn: 8782 })).toBe('8,782 articles');
	});
});
