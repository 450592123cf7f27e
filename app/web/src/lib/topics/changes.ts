import type { TopicChange } from '#lib/api/types.ts';
import { percent } from '#lib/wording/figures.ts';

/** A sentence on what became of a topic; `key` is the topic on whose page it stands. */
export function told(change: TopicChange, key: number | null = null): string {
	const share = change.share === null ? '' : ` with ${percent(change.share)} of its articles`;
	const own = change.topic_key === key;
	const topic = own ? 'It' : `“${change.topic_name}”`;
	const other = change.other_key === key ? 'it' : `“${change.other_name}”`;
	if (change.kind === 'born') return `${topic} was found for the first time`;
	if (change.kind === 'split') return `${topic} came out of ${other}${share}`;
	if (change.kind === 'merged') return `${topic} went into ${other}${share}`;
	return `${topic} is no longer found`;
}

/** Hennig's bounds for what is found again among a part of the data. */
export function certainty(stability: number): string {
	if (stability >= 0.75) return 'stable';
	return stability >= 0.6 ? 'less certain' : 'uncertain';
}
