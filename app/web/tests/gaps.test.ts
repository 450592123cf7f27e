import { expect, it } from 'vitest';
import { chance, kinds, leftOut, observed, ratio, studied } from '#lib/gaps/wording.ts';

const evidence = {
	kinds: { 'meta-analyses': 0, 'randomised trials': 40, 'case reports': 10 },
	unclassified: 20,
	human: 60,
	animal: 1,
	typed: 70,
	reviews_to_research: 0.214,
	missing: []
};

it('tells what was observed and what was expected', () => {
	const gap = { one: 'A', other: 'B', with_one: 40, with_other: 30, together: 3, expected: 11.24, p: 1e-4, q: 0.0004 };
	expect(observed(gap)).toBe('3 together, 11.2 expected');
	expect(chance(gap.q)).toBe('below 0.001');
	expect(chance(0.0123)).toBe('0.012');
});

it('shows every kind of evidence, those that are missing too', () => {
	expect(kinds(evidence)).toEqual([
		{ kind: 'meta-analyses', articles: 0, share: 0 },
		{ kind: 'randomised trials', articles: 40, share: 1 },
		{ kind: 'case reports', articles: 10, share: 0.25 },
		{ kind: 'other or unclassified', articles: 20, share: 0.5 }
	]);
	expect(ratio(evidence)).toBe('0.21 reviews for each article of research');
	expect(ratio({ ...evidence, reviews_to_research: null })).toBe('no research among them');
	expect(studied(evidence)).toBe('60 articles on humans, 1 on animals alone');
});

it('says how many articles are no evidence, and why', () => {
	expect(leftOut(0)).toBe('');
	expect(leftOut(1)).toBe('1 article left out: retracted, or a notice of an erratum, a retraction or a concern.');
	expect(leftOut(3)).toContain('3 articles left out');
});
