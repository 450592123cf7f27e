import { isRefusal } from '#lib/api/types.ts';
import type { Topic } from './types.ts';

export type TopicOrder = 'size' | 'growth' | 'opportunity' | 'stability' | 'name';

export const ORDERS: { value: TopicOrder; label: string }[] = [
	{ value: 'size', label: 'Size' },
	{ value: 'growth', label: 'Growth' },
	{ value: 'opportunity', label: 'Opportunity' },
	{ value: 'stability', label: 'Stability' },
	{ value: 'name', label: 'Name' }
];

/** Topics that grow, the fastest first. */
export function growing(topics: Topic[]): Topic[] {
	return ordered(topics, 'growth').filter((topic) => (topic.growth ?? 0) > 0);
}

/** A sorted copy; topics without the figure come last, equals by size. */
export function ordered(topics: Topic[], by: TopicOrder): Topic[] {
	const value = (topic: Topic): number => {
		if (by === 'growth') return topic.growth ?? -Infinity;
		if (by === 'opportunity') return isRefusal(topic.opportunity) ? -Infinity : topic.opportunity.score;
		if (by === 'stability') return topic.stability ?? -Infinity;
		return topic.articles;
	};
	return [...topics].sort((a, b) => {
		if (by === 'name') return a.name.localeCompare(b.name);
		const [left, right] = [value(a), value(b)];
		return left === right ? b.articles - a.articles || a.id - b.id : right - left;
	});
}
