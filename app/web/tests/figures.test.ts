import { describe, expect, it } from 'vitest';
import { count, counted, growth, people, percent, score } from '#lib/wording/figures.ts';

describe('figures', () => {
	it.each([
		[0, '0'],
		[3.14159, '3.1'],
		[12.6, '13'],
		[8782, '8,782']
	])('%d is written %s', (value, written) => {
		expect(count(value)).toBe(written);
	});

	it.each([
		[0.124, '+12\u00a0%'],
		[-0.5, '−50\u00a0%'],
		[0.0001, '0\u00a0%'],
		[13, '+1,300\u00a0%'],
		[null, '–'],
		[NaN, '–'],
		[Infinity, '–']
	])('growth %d is written %s', (value, written) => {
		expect(growth(value)).toBe(written);
	});

	it.each([
		[0.7999, '0.79'],
		[0.79999, '0.80'],
		[0.8, '0.80'],
		[0.29, '0.29'],
		[1, '1.00']
	])('score %d is written %s', (value, written) => {
		expect(score(value)).toBe(written);
	});

	it('counts one in the singular', () => {
		expect(counted(1, 'article')).toBe('1 article');
		expect(counted(0, 'article')).toBe('0 articles');
		expect(counted(2, 'analysis', 'analyses')).toBe('2 analyses');
	});

	it('does not write a negative similarity', () => {
		expect(percent(0.734)).toBe('73\u00a0%');
		expect(percent(-0.02)).toBe('0\u00a0%');
	});
});

describe('people', () => {
	it('shows one more name rather than "and 1 more"', () => {
		expect(people(['A', 'B', 'C', 'D', 'E'])).toBe('A, B, C, D, E');
		expect(people(['A', 'B', 'C', 'D', 'E', 'F'])).toBe('A, B, C, D and 2 more');
		expect(people([])).toBe('');
	});
});
