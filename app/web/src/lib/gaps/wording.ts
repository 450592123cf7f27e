import { count, counted } from '#lib/wording/figures.ts';
import type { ConceptGap, Evidence } from './types.ts';

/** "3 together, 11.2 expected". */
export function observed(gap: ConceptGap): string {
	return `${count(gap.together)} together, ${gap.expected.toFixed(1)} expected`;
}

/** A q value as it is printed: "0.012", or "below 0.001". */
export function chance(q: number): string {
	return q < 0.001 ? 'below 0.001' : q.toFixed(3);
}

/** The kinds that there are, most condensed first, each with its share of the typed articles for a bar. */
export function kinds(evidence: Evidence): { kind: string; articles: number; share: number }[] {
	const most = Math.max(1, ...Object.values(evidence.kinds), evidence.unclassified);
	const all = [...Object.entries(evidence.kinds), ['other or unclassified', evidence.unclassified] as const];
	return all.map(([kind, articles]) => ({ kind, articles, share: articles / most }));
}

/** "0.21 reviews for each article of research". */
export function ratio(evidence: Evidence): string {
	if (evidence.reviews_to_research === null) return 'no research among them';
	return `${evidence.reviews_to_research.toFixed(2)} reviews for each article of research`;
}

/** What the evidence is without; empty where nothing was left out. */
export function leftOut(articles: number): string {
	if (!articles) return '';
	return `${counted(articles, 'article')} left out: retracted, or a notice of an erratum, a retraction or a concern.`;
}

export function studied(evidence: Evidence): string {
	return `${counted(evidence.human, 'article')} on humans, ${count(evidence.animal)} on animals alone`;
}
