import type { Run } from '#lib/analysis/types.ts';
import type { YearCount } from '#lib/charts/types.ts';

/** The shapes of the whole interface under /api/v1, as the server documents them. */

export interface Health {
	status: string;
	release_id: string;
	version: string;
}

export interface Model {
	source: string;
	hash: string;
	dimension: number;
}

export interface Dashboard {
	articles: number;
	with_abstract: number;
	embedded: number;
	/** Articles marked as made up by the corpus itself. */
	made_up: number;
	years: YearCount[];
	journals: { name: string; articles: number }[];
	topics: number;
	model: Model | null;
	last_analysis: Run | null;
	release_id: string;
}

/** Why a figure was not computed; shown instead of it. */
export interface Refusal {
	refused: string;
}

export function isRefusal(value: object): value is Refusal {
	return 'refused' in value;
}
