import { placeLabels, wrapLabel, type Placed } from './labels.ts';
import type { TopicMapData } from './types.ts';
import { toScreen, type Size, type Viewport } from './viewport.ts';

/** Colours that the drawing takes from the page, so that it follows light and dark. */
export interface Theme {
	paper: string;
	ink: string;
	soft: string;
	topics: string[];
	font: string;
}

/** One topic's points, as positions in the map's arrays; topic -1 are those that belong to none. */
export interface Group {
	topic: number;
	points: number[];
}

export interface Scene {
	data: TopicMapData;
	groups: Group[];
	colours: Map<number, number>;
	view: Viewport;
	size: Size;
	/** How much the view is zoomed in against the one that shows all. */
	magnified: number;
	focus: number | null;
	/** Position of the point under the pointer, or -1. */
	hovered: number;
	theme: Theme;
}

export interface Drawn {
	points: number;
	labels: Placed[];
}

/** Points grouped by topic, those without a topic first so that they are drawn beneath. */
export function groupByTopic(topics: ArrayLike<number>): Group[] {
	const groups = new Map<number, number[]>();
	for (let index = 0; index < topics.length; index++) {
		const topic = topics[index]!;
		const group = groups.get(topic);
		if (group) group.push(index);
		else groups.set(topic, [index]);
	}
	return [...groups].map(([topic, points]) => ({ topic, points })).sort((a, b) => a.topic - b.topic);
}

/** Draws the whole scene; tells how many points fell inside and which labels found room. */
export function draw(context: CanvasRenderingContext2D, scene: Scene, pixelRatio: number): Drawn {
	const { size, theme } = scene;
	context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
	context.clearRect(0, 0, size.width, size.height);
	let points = 0;
	const radius = pointRadius(scene);
	for (const group of inOrder(scene)) {
		const apart = group.topic < 0;
		const dimmed = scene.focus !== null && group.topic !== scene.focus;
		context.globalAlpha = dimmed ? 0.13 : apart ? 0.35 : 0.78;
		context.fillStyle = apart ? theme.soft : theme.topics[scene.colours.get(group.topic) ?? 0]!;
		points += fillPoints(context, scene, group.points, apart ? radius * 0.8 : radius);
	}
	context.globalAlpha = 1;
	if (scene.hovered >= 0) ring(context, scene, radius + 3);
	return { points, labels: drawLabels(context, scene) };
}

function pointRadius(scene: Scene): number {
	const crowded = Math.sqrt((scene.size.width * scene.size.height) / Math.max(scene.data.points.pmid.length, 1)) / 4;
	return Math.min(Math.max(crowded, 1.3), 3) * Math.min(Math.sqrt(scene.magnified), 2.6);
}

function inOrder(scene: Scene): Group[] {
	const focused = scene.groups.filter((group) => group.topic === scene.focus);
	return [...scene.groups.filter((group) => group.topic !== scene.focus), ...focused];
}

function fillPoints(context: CanvasRenderingContext2D, scene: Scene, points: number[], radius: number): number {
	const { x, y } = scene.data.points;
	const { scale, offsetX, offsetY } = scene.view;
	const { width, height } = scene.size;
	let drawn = 0;
	context.beginPath();
	for (const index of points) {
		const left = x[index]! * scale + offsetX;
		const top = -y[index]! * scale + offsetY;
		if (left < -radius || top < -radius || left > width + radius || top > height + radius) continue;
		context.moveTo(left + radius, top);
		context.arc(left, top, radius, 0, 2 * Math.PI);
		drawn++;
	}
	context.fill();
	return drawn;
}

function ring(context: CanvasRenderingContext2D, scene: Scene, radius: number): void {
	const { x, y } = scene.data.points;
	const at = toScreen(scene.view, x[scene.hovered]!, y[scene.hovered]!);
	context.beginPath();
	context.arc(at.x, at.y, radius, 0, 2 * Math.PI);
	context.lineWidth = 2;
	context.strokeStyle = scene.theme.ink;
	context.stroke();
}

const LINE = 15;

function drawLabels(context: CanvasRenderingContext2D, scene: Scene): Placed[] {
	const { data, view, focus, theme, size } = scene;
	context.font = `600 12.5px ${theme.font}`;
	context.textAlign = 'center';
	context.textBaseline = 'middle';
	context.lineJoin = 'round';
	const texts = new Map<number, string[]>();
	const candidates = data.topics.map((topic) => {
		const lines = wrapLabel(topic.name);
		texts.set(topic.id, lines);
		const width = Math.max(...lines.map((line) => context.measureText(line).width)) + 6;
		const priority = topic.id === focus ? Infinity : topic.articles;
		return { id: topic.id, ...toScreen(view, topic.x, topic.y), width, height: lines.length * LINE + 4, priority };
	});
	const placed = placeLabels(candidates, size, 9);
	for (const box of placed) {
		context.globalAlpha = focus === null || box.id === focus ? 1 : 0.35;
		texts.get(box.id)!.forEach((line, row) => {
			const middle = box.left + box.width / 2;
			const top = box.top + 2 + LINE * (row + 0.5);
			context.lineWidth = 4;
			context.strokeStyle = theme.paper;
			context.strokeText(line, middle, top);
			context.fillStyle = theme.ink;
			context.fillText(line, middle, top);
		});
	}
	context.globalAlpha = 1;
	return placed;
}
