/** Hues that people with the common colour blindnesses tell apart best in neighbouring pairs, light and dark page. */
export const LIGHT = [
	'#2f6fb0', '#c8662b', '#2d8a5f', '#b03a5b', '#7256b5', '#8a6d1f', '#1f8c99', '#a04a9c', '#5d7d2a', '#b5493a', '#4b62c9', '#7a5a48'
];
export const DARK = [
	'#74aee6', '#f0a06a', '#6cc79a', '#ec86a2', '#b19cf0', '#d6b75e', '#62c6d2', '#d991d5', '#a5c46c', '#f08d7e', '#94a6fa', '#c7a48f'
];

export interface Placed {
	id: number;
	x: number;
	y: number;
	articles: number;
}

/**
 * A colour index a topic, so that topics near each other differ.
 *
 * There are more topics than colours that can be told apart, so colours repeat; largest topics choose first, each the
 * colour whose nearest earlier use is furthest away.
 */
export function assignColours(topics: Placed[], colours = LIGHT.length): Map<number, number> {
	const chosen = new Map<number, number>();
	const order = [...topics].sort((a, b) => b.articles - a.articles || a.id - b.id);
	order.forEach((topic, position) => {
		let best = 0;
		let furthest = -1;
		for (let step = 0; step < colours; step++) {
			const colour = (position + step) % colours;
			let near = Infinity;
			for (const other of order.slice(0, position)) {
				if (chosen.get(other.id) !== colour) continue;
				near = Math.min(near, (other.x - topic.x) ** 2 + (other.y - topic.y) ** 2);
			}
			if (near > furthest) {
				furthest = near;
				best = colour;
			}
		}
		chosen.set(topic.id, best);
	});
	return chosen;
}
