import { count, counted } from '#lib/wording/figures.ts';
import type { Collection, Decision, Holding, Mark, Screened } from './types.ts';

export const MARKS: { value: Mark; key: string; label: string; done: string }[] = [
	{ value: 'include', key: 'i', label: 'Include', done: 'Included' },
	{ value: 'maybe', key: 'm', label: 'Maybe', done: 'Marked as maybe' },
	{ value: 'exclude', key: 'e', label: 'Exclude', done: 'Excluded' }
];

export type Act = { does: 'mark'; mark: Mark } | { does: 'unmark' | 'undo' | 'next' | 'previous' };

const ACTS: Record<string, Act> = {
	...Object.fromEntries(MARKS.map(({ key, value }) => [key, { does: 'mark', mark: value }])),
	u: { does: 'unmark' },
	z: { does: 'undo' },
	j: { does: 'next' },
	k: { does: 'previous' }
};

/** What a key does in a list that is screened; nothing with a modifier, which is the browser's, or where one types. */
export function actOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>, typing: boolean): Act | null {
	if (typing || event.ctrlKey || event.metaKey || event.altKey) return null;
	return ACTS[event.key.toLowerCase()] ?? null;
}

export function ownDecision(marks: Decision[]): Decision | undefined {
	return marks.find((mark) => mark.own);
}

/** One's own decision in place of the one before; none: taken away. */
export function decided(marks: Decision[], decision: Decision | null): Decision[] {
	const others = marks.filter((mark) => !mark.own);
	return decision ? [...others, decision] : others;
}

/** The article with one holding more, changed, or taken away (null). */
export function holding(of: Screened, id: number, held: Holding | null): Screened {
	const others = of.collections.filter((one) => one.id !== id);
	const all = held ? [...others, held] : others;
	return { ...of, collections: all.sort((one, other) => one.name.localeCompare(other.name)) };
}

/** "Bob: exclude (animals only)". */
export function told(decision: Decision): string {
	return `${decision.account}: ${decision.mark}${decision.reason ? ` (${decision.reason})` : ''}`;
}

/** How far one's own screening of a collection is. */
export function progress(collection: Pick<Collection, 'articles' | 'included' | 'excluded' | 'maybe'>): string {
	if (collection.articles === 0) return 'no articles yet';
	const { included, excluded, maybe } = collection;
	const marked = included + excluded + maybe;
	if (marked === 0) return 'none marked by you';
	const kinds: [number, string][] = [
		[included, 'included'],
		[maybe, 'maybe'],
		[excluded, 'excluded'],
		[collection.articles - marked, 'not marked']
	];
	return kinds
		.filter(([number]) => number > 0)
		.map(([number, kind]) => `${count(number)} ${kind}`)
		.join(', ');
}

export function losing(collection: Pick<Collection, 'name' | 'articles'>): string {
	const articles = collection.articles
		? `The list of its ${counted(collection.articles, 'article')} and every reviewer’s marks in it are lost.`
		: 'It is empty.';
	return `${articles} The articles themselves and your notes stay. This cannot be undone.`;
}
