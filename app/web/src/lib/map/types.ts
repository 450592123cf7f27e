import type { Run } from '#lib/analysis/types.ts';

/** The shapes of the map of topics under /api/v1, as the server documents them. */

export interface MapTopic {
	id: number;
	name: string;
	x: number;
	y: number;
	articles: number;
	/** Of level 1; null where there are no themes. */
	theme: number | null;
}

/** A theme (level 1 and up, coarser and coarser) or a subtopic (level -1). */
export interface TopicGroup {
	level: number;
	id: number;
	/** At the next coarser level; of a subtopic its topic. */
	parent: number | null;
	name: string;
	terms: string[];
	articles: number;
	x: number;
	y: number;
}

export interface TopicMapData {
	run: Run;
	topics: MapTopic[];
	groups: TopicGroup[];
	/** That have a place; of very many an even share of each topic is drawn. */
	articles: number;
	drawn: number;
	/** Parallel arrays; topic -1 is an article that belongs to none. */
	points: { pmid: number[]; x: number[]; y: number[]; topic: number[]; subtopic: number[] };
}
