import { count, counted, percent, score } from '#lib/wording/figures.ts';
import type { Citations, IdeaNovelty, Relaxation, Scored, Scores, Search, State, Step } from './types.ts';

const STATES: Record<State, string> = {
	planned: 'Waiting for its turn',
	running: 'Running',
	done: 'Done',
	cancelled: 'Cancelled',
	failed: 'Failed'
};

const STEPS: Record<Step, string> = {
	planning: 'asking PubMed',
	fetching: 'fetching records',
	citations: 'looking up citations',
	embedding: 'reading the abstracts',
	scoring: 'comparing with the idea',
	finished: 'finished'
};

/** In the order in which one is believed before the others. */
const SOURCES: Record<Citations['source'], string> = { icite: 'iCite', openalex: 'OpenAlex', crossref: 'Crossref' };

export function standing(search: Pick<Search, 'state' | 'step'>): string {
	return search.state === 'running' ? `${STATES.running}: ${STEPS[search.step]}` : STATES[search.state];
}

export function underWay(search: Pick<Search, 'state'>): boolean {
	return search.state === 'planned' || search.state === 'running';
}

/** Of fetching and encoding, whose pace is measured; how long the citations take nobody knows. Nothing: not known. */
export function timeLeft(seconds: number | null): string {
	if (seconds === null) return '';
	const time =
		seconds < 90 ? counted(Math.max(1, Math.round(seconds)), 'second') : counted(Math.round(seconds / 60), 'minute');
	return `about ${time} of fetching and encoding left`;
}

/** What PubMed has, and how much of it is fetched. */
export function found(search: Pick<Search, 'articles_found' | 'planned'>): string {
	if (search.articles_found === null) return 'PubMed has not been asked yet';
	const all = `PubMed has ${counted(search.articles_found, 'article')}`;
	return search.planned < search.articles_found ? `${all}; ${count(search.planned)} of them are fetched` : all;
}

/** What of it PubMed does not list, whatever the limit. */
export function beyondReach({ beyond_reach }: Pick<Search, 'beyond_reach'>): string {
	const articles = counted(beyond_reach, 'article');
	return `${articles} cannot be fetched: they are of single days with more articles than PubMed lists in one answer.`;
}

/** How much of the work is done, 0 to 1; each article is fetched, embedded and scored. */
export function share(search: Pick<Search, 'state' | 'planned' | 'fetched' | 'unavailable' | 'embedded' | 'scored'>): number {
	if (search.state === 'done') return 1;
	if (search.planned === 0) return 0;
	const to = search.planned - search.unavailable;
	return to === 0 ? 1 : (search.fetched + search.embedded + search.scored) / (3 * to);
}

/** The answer of the first source that knows; an article that none knows is unknown, not 0. */
export function citations(answers: Citations[]): string {
	const order = Object.keys(SOURCES);
	const [best] = answers
		.filter((one) => one.citations !== null)
		.sort((one, other) => order.indexOf(one.source) - order.indexOf(other.source));
	if (!best) return 'citations unknown';
	return `${counted(best.citations ?? 0, 'citation')} (${SOURCES[best.source]})`;
}

/** What a search is called where there is one line for it. */
export function called(search: Pick<Search, 'idea' | 'keywords' | 'query'>): string {
	return search.idea || search.keywords || search.query;
}

export function isScored(scores: Scores): scores is Scored {
	return scores.score !== undefined && scores.label !== undefined;
}

/** How much a search's articles are cited: the mean of the percentiles that iCite gives them. */
export function cited({ citation }: Pick<Scores, 'citation'>): string {
	if (citation === null) return 'How much its articles are cited is unknown.';
	return `Those of its articles that iCite knows stand, on average, above ${percent(citation)} of NIH-funded papers by their citation ratio, which allows for field and age.`;
}

/** How novel the idea is by itself, beside the score of the articles that its search found. */
export function ideaNovelty({ novelty, receipt }: IdeaNovelty): string {
	return (
		`The idea itself: novelty ${score(novelty)}. Its text is at a mean distance of ${receipt.distance.toFixed(3)} from its 15 nearest articles, ` +
		`${percent(receipt.old)} of them from the older half. That is placed among ${count(receipt.titles)} titles of recent articles, each ` +
		'beside what was earlier than it: a short text is far from whole abstracts, so it is not placed among topics, and is no part of the score.'
	);
}

export function offer(relaxation: Relaxation): string {
	const names = relaxation.dropped
		.filter((name) => name !== 'fields')
		.map((name) => (name === 'limits' ? 'dates, types and languages' : `“${name}”`));
	const where = relaxation.dropped.includes('fields') ? 'The same words in all fields' : '';
	const without = names.length > 0 ? `${where ? ', without' : 'Without'} ${names.join(' and ')}` : '';
	return `${where}${without}: ${counted(relaxation.count, 'article')}`;
}
