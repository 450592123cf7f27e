import type { Point } from './viewport.ts';

export interface Moves {
	pan(dx: number, dy: number): void;
	zoom(factor: number, at: Point): void;
	/** A press and release in one place. */
	tap(at: Point, touch: boolean): void;
	hover(at: Point | null): void;
}

/** How far a press may wander, in pixels, and still be a tap. */
const STILL = 5;

/** Mouse, pen and fingers turned into panning, zooming, taps and hovering. */
export class Gestures {
	#down = new Map<number, Point>();
	#wandered = 0;
	#moves: Moves;

	constructor(moves: Moves) {
		this.#moves = moves;
	}

	press(event: PointerEvent): void {
		if (event.button !== 0) return;
		(event.currentTarget as Element).setPointerCapture(event.pointerId);
		if (this.#down.size === 0) this.#wandered = 0;
		this.#down.set(event.pointerId, place(event));
	}

	move(event: PointerEvent): void {
		const at = place(event);
		const before = this.#down.get(event.pointerId);
		if (!before) {
			if (event.pointerType !== 'touch') this.#moves.hover(at);
			return;
		}
		this.#wandered += Math.hypot(at.x - before.x, at.y - before.y);
		const other = [...this.#down].find(([id]) => id !== event.pointerId)?.[1];
		this.#down.set(event.pointerId, at);
		if (other) this.#pinch(before, at, other);
		else if (this.#wandered > STILL) this.#moves.pan(at.x - before.x, at.y - before.y);
	}

	release(event: PointerEvent): void {
		const pressed = this.#down.delete(event.pointerId);
		if (pressed && this.#down.size === 0 && this.#wandered <= STILL) {
			this.#moves.tap(place(event), event.pointerType === 'touch');
		}
	}

	cancel(event: PointerEvent): void {
		this.#down.delete(event.pointerId);
		this.#wandered = Infinity;
	}

	leave(event: PointerEvent): void {
		if (event.pointerType !== 'touch') this.#moves.hover(null);
	}

	wheel(event: WheelEvent): void {
		event.preventDefault();
		const pixels = event.deltaMode === 1 ? event.deltaY * 18 : event.deltaY;
		this.#moves.zoom(Math.exp(-Math.max(-240, Math.min(240, pixels)) * 0.0022), place(event));
	}

	#pinch(before: Point, at: Point, other: Point): void {
		const was = Math.hypot(before.x - other.x, before.y - other.y);
		const is = Math.hypot(at.x - other.x, at.y - other.y);
		const middle = { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 };
		if (was > 0 && is > 0) this.#moves.zoom(is / was, middle);
		this.#moves.pan((at.x - before.x) / 2, (at.y - before.y) / 2);
	}
}

function place(event: MouseEvent): Point {
	return { x: event.offsetX, y: event.offsetY };
}
