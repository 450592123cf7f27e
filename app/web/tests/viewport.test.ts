import { describe, expect, it } from 'vitest';
import { fit, nearest, pan, toScreen, zoom } from '#lib/map/viewport.ts';

const size = { width: 800, height: 600 };
const xs = [-10, 0, 30];
const ys = [5, 12, 9];

describe('the view that shows all', () => {
	it('keeps every point inside the margin, upright', () => {
		const view = fit(xs, ys, size, 20);
		const points = xs.map((x, index) => toScreen(view, x, ys[index]!));
		for (const point of points) {
			expect(point.x).toBeGreaterThanOrEqual(20 - 1e-9);
			expect(point.x).toBeLessThanOrEqual(780 + 1e-9);
			expect(point.y).toBeGreaterThanOrEqual(20 - 1e-9);
			expect(point.y).toBeLessThanOrEqual(580 + 1e-9);
		}
		expect(points[1]!.y).toBeLessThan(points[0]!.y);
	});

	it('puts points that lie on one spot in the middle', () => {
		const at = toScreen(fit([3, 3], [4, 4], size, 20), 3, 4);
		expect(at.x).toBeCloseTo(400, 3);
		expect(at.y).toBeCloseTo(300, 3);
	});

	it('is sound without points', () => {
		expect(fit([], [], size, 20)).toEqual({ scale: 1, offsetX: 400, offsetY: 300 });
	});

	it('leaves strays outside when asked to', () => {
		const crowd = Array.from({ length: 100 }, (_, index) => index / 100);
		const view = fit([...crowd, 1000], [...crowd, 1000], size, 20, 0.02);
		expect(view.scale).toBeGreaterThan(100);
	});
});

describe('zooming and panning', () => {
	const view = fit(xs, ys, size, 20);

	it('keeps the place under the pointer', () => {
		const at = toScreen(view, 30, 9);
		const after = toScreen(zoom(view, 2.5, at, 0, Infinity), 30, 9);
		expect(after.x).toBeCloseTo(at.x, 9);
		expect(after.y).toBeCloseTo(at.y, 9);
	});

	it('stays between the limits without drifting', () => {
		expect(zoom(view, 100, { x: 5, y: 5 }, view.scale, view.scale)).toEqual(view);
	});

	it('comes back after there and back again', () => {
		const back = pan(pan(view, 13, -7), -13, 7);
		expect(back.offsetX).toBeCloseTo(view.offsetX, 9);
		expect(back.offsetY).toBeCloseTo(view.offsetY, 9);
	});
});

describe('the nearest point', () => {
	const view = fit(xs, ys, size, 20);
	const beside = (index: number) => {
		const at = toScreen(view, xs[index]!, ys[index]!);
		return { x: at.x + 3, y: at.y - 3 };
	};

	it('is found within reach', () => {
		expect(nearest(view, xs, ys, beside(2), 9, () => true)).toBe(2);
		expect(nearest(view, xs, ys, beside(2), 3, () => true)).toBe(-1);
	});

	it('is not one that does not count', () => {
		expect(nearest(view, xs, ys, beside(2), 9, (index) => index !== 2)).toBe(-1);
	});
});
