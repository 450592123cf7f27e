import { count, counted, date, percent, PERCENT } from '#lib/wording/figures.ts';
import type { Appearance, TopicChange } from './types.ts';

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

/** In how many analyses a topic was found, and how large; newest first. */
export function lifeLine(items: Appearance[]): string {
	const newest = items[0]!;
	const oldest = items.at(-1)!;
	if (items.length === 1) return `Found by one analysis until now, of ${date(newest.finished_at)}, with ${counted(newest.articles, 'article')}.`;
	const size =
		oldest.articles === newest.articles
			? `with ${counted(newest.articles, 'article')} in the oldest and in the newest`
			: `with ${counted(oldest.articles, 'article')} then and ${count(newest.articles)} now`;
	const renamed = oldest.name === newest.name ? '' : ` It was called “${oldest.name}” then.`;
	return `Found by ${count(items.length)} analyses since ${date(oldest.finished_at)}, ${size}.${renamed}`;
}

export const STABILITY_MEANS =
	'Stability is agreement under subsampling: the mean Jaccard index of a topic and the most like one that is found among a random ' +
	`80${PERCENT} of the articles. From 75${PERCENT} on it is called stable, below 60${PERCENT} uncertain (Hennig 2007).`;

/** Hennig's bounds for what is found again among a part of the data. */
export function certainty(stability: number): string {
	if (stability >= 0.75) return 'stable';
	return stability >= 0.6 ? 'less certain' : 'uncertain';
}
