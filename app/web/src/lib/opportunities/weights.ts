import type { Parts } from './types.ts';

export const PARTS = ['novelty', 'velocity', 'recency'] as const;
export type Part = (typeof PARTS)[number];

/** The weights as shares of one; weights that are all zero count alike. */
export function shares(weights: Parts): Parts {
	const sum = PARTS.reduce((total, part) => total + weights[part], 0);
	const share = (part: Part) => (sum > 0 ? weights[part] / sum : 1 / PARTS.length);
	return { novelty: share('novelty'), velocity: share('velocity'), recency: share('recency') };
}

/** What each part gives to the score, and their sum. */
export function weighted(parts: Parts, weights: Parts): Parts & { score: number } {
	const by = shares(weights);
	const given = {
		novelty: parts.novelty * by.novelty,
		velocity: parts.velocity * by.velocity,
		recency: parts.recency * by.recency
	};
	return { ...given, score: given.novelty + given.velocity + given.recency };
}

export interface Ranked<T> {
	item: T;
	/** From 1. */
	rank: number;
	given: Parts & { score: number };
}

/** Ranked anew by the reader's weights; equals keep the analysis's own order. */
export function rank<T extends Parts>(items: T[], weights: Parts): Ranked<T>[] {
	return items
		.map((item) => ({ item, given: weighted(item, weights) }))
		.sort((a, b) => b.given.score - a.given.score)
		.map((ranked, index) => ({ ...ranked, rank: index + 1 }));
}

export function sameWeights(a: Parts, b: Parts): boolean {
	const [left, right] = [shares(a), shares(b)];
	return PARTS.every((part) => Math.abs(left[part] - right[part]) < 0.005);
}
