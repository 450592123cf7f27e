import { count, counted, date } from '#lib/wording/figures.ts';
import type { SavedSearch } from './types.ts';

const USUAL = new Map([
	[1, 'every day'],
	[7, 'every week'],
	[14, 'every two weeks'],
	[30, 'every month (30 days)'],
	[90, 'every three months (90 days)']
]);

/** How often a search is run, in plain words. */
export function every(days: number): string {
	return USUAL.get(days) ?? `every ${count(days)} days`;
}

/** What may be chosen, with what is chosen now among it. */
export function choices(days: number): { days: number; label: string }[] {
	const all = new Set([...USUAL.keys(), days]);
	return [...all].sort((one, other) => one - other).map((one) => ({ days: one, label: every(one) }));
}

/** When it is run next. The night's work looks which are due. */
export function next(saved: Pick<SavedSearch, 'due_at' | 'newest_state'>, now: Date): string {
	if (saved.newest_state === 'planned' || saved.newest_state === 'running') return 'running now';
	if (saved.due_at === null || new Date(saved.due_at) <= now) return 'next in the coming night';
	return `next at night from ${date(saved.due_at)} on`;
}

/** What its newest run brought that no run before had. */
export function news(saved: Pick<SavedSearch, 'new_since' | 'newest_done_id'>): string {
	if (saved.newest_done_id === null) return 'no run has finished yet';
	if (saved.new_since === null) return 'run once: from the next run on, what is new is shown here';
	return saved.new_since === 0 ? 'nothing new' : counted(saved.new_since, 'new article');
}
