export interface Point {
	x: number;
	y: number;
}

export interface Size {
	width: number;
	height: number;
}

/** Map units to pixels: pixel = map · scale + offset. The map's y axis points up, the screen's down. */
export interface Viewport {
	scale: number;
	offsetX: number;
	offsetY: number;
}

export function toScreen(view: Viewport, x: number, y: number): Point {
	return { x: x * view.scale + view.offsetX, y: -y * view.scale + view.offsetY };
}

/** The view that shows the points between two quantiles of each axis, so that a few stray articles do not shrink the rest. */
export function fit(xs: ArrayLike<number>, ys: ArrayLike<number>, size: Size, margin: number, trim = 0): Viewport {
	if (xs.length === 0) return { scale: 1, offsetX: size.width / 2, offsetY: size.height / 2 };
	const [left, right] = range(xs, trim);
	const [bottom, top] = range(ys, trim);
	const wide = Math.max(size.width - 2 * margin, 1) / Math.max(right - left, 1e-9);
	const high = Math.max(size.height - 2 * margin, 1) / Math.max(top - bottom, 1e-9);
	// Points that all lie on one spot would ask for an endless scale.
	const scale = Math.min(wide, high, 1e6);
	return {
		scale,
		offsetX: size.width / 2 - ((left + right) / 2) * scale,
		offsetY: size.height / 2 + ((bottom + top) / 2) * scale
	};
}

/** Zoomed by `factor` with the map's place under `at` staying there; kept between `least` and `most` times pixels a unit. */
export function zoom(view: Viewport, factor: number, at: Point, least: number, most: number): Viewport {
	const scale = Math.min(most, Math.max(least, view.scale * factor));
	const applied = scale / view.scale;
	return {
		scale,
		offsetX: at.x - (at.x - view.offsetX) * applied,
		offsetY: at.y - (at.y - view.offsetY) * applied
	};
}

export function pan(view: Viewport, dx: number, dy: number): Viewport {
	return { ...view, offsetX: view.offsetX + dx, offsetY: view.offsetY + dy };
}

/** The index of the point nearest to `at` within `reach` pixels, among those that `counts` lets through; -1 if none. */
export function nearest(
	view: Viewport,
	xs: ArrayLike<number>,
	ys: ArrayLike<number>,
	at: Point,
	reach: number,
	counts: (index: number) => boolean
): number {
	let best = -1;
	let least = reach * reach;
	for (let index = 0; index < xs.length; index++) {
		const dx = xs[index]! * view.scale + view.offsetX - at.x;
		const dy = -ys[index]! * view.scale + view.offsetY - at.y;
		const distance = dx * dx + dy * dy;
		if (distance <= least && counts(index)) {
			least = distance;
			best = index;
		}
	}
	return best;
}

function range(values: ArrayLike<number>, trim: number): [number, number] {
	const sorted = Float64Array.from(values).sort();
	const cut = Math.floor(sorted.length * trim);
	return [sorted[cut]!, sorted[sorted.length - 1 - cut]!];
}
