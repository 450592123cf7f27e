import type { MapTopic, TopicGroup, TopicMapData } from '#lib/map/types.ts';

/** How finely the map is divided: 0 topics, -1 subtopics, 1 and up themes, coarser and coarser. */
export interface Level {
	level: number;
	count: number;
	name: string;
}

/** The levels there are, the finest first. */
export function levelsOf(data: Pick<TopicMapData, 'topics' | 'groups'>): Level[] {
	const counts = new Map<number, number>([[0, data.topics.length]]);
	for (const group of data.groups) counts.set(group.level, (counts.get(group.level) ?? 0) + 1);
	return [...counts]
		.map(([level, count]) => ({ level, count, name: level < 0 ? 'subtopics' : level === 0 ? 'topics' : 'themes' }))
		.sort((a, b) => a.level - b.level);
}

/** The theme of a level that each topic is part of. */
export function themesOf(data: Pick<TopicMapData, 'topics' | 'groups'>, level: number): Map<number, number> {
	const parents = new Map(data.groups.map((group) => [`${group.level}/${group.id}`, group.parent]));
	const found = new Map<number, number>();
	for (const topic of data.topics) {
		let theme = topic.theme;
		for (let at = 1; at < level && theme !== null; at++) theme = parents.get(`${at}/${theme}`) ?? null;
		if (theme !== null) found.set(topic.id, theme);
	}
	return found;
}

/** The same map, divided at another level: its groups stand where topics stood. */
export function atLevel(data: TopicMapData, level: number): TopicMapData {
	if (level === 0) return data;
	const topics: MapTopic[] = data.groups.filter((group) => group.level === level).map((group) => ({ ...group, theme: null }));
	if (level < 0) return { ...data, topics, points: { ...data.points, topic: data.points.subtopic } };
	const themes = themesOf(data, level);
	return { ...data, topics, points: { ...data.points, topic: data.points.topic.map((topic) => themes.get(topic) ?? -1) } };
}

/** The topics that a group holds, or the one that it is part of. */
export function topicsOf(data: TopicMapData, group: TopicGroup): MapTopic[] {
	if (group.level < 0) return data.topics.filter((topic) => topic.id === group.parent);
	const themes = themesOf(data, group.level);
	return data.topics.filter((topic) => themes.get(topic.id) === group.id);
}
