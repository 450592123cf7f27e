import { asProblem, type Problem } from './problem.ts';

type Fetcher<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Something asked of the server, and where the asking stands.
 *
 * While it is asked again the former answer stays, so that a page does not jump; a later question cancels an earlier one.
 */
export class Resource<T> {
	data = $state.raw<T>();
	problem = $state.raw<Problem>();
	loading = $state(true);
	#fetcher: Fetcher<T> | undefined;
	#running: AbortController | undefined;

	async load(fetcher: Fetcher<T>): Promise<void> {
		this.cancel();
		const running = new AbortController();
		this.#fetcher = fetcher;
		this.#running = running;
		this.loading = true;
		try {
			const data = await fetcher(running.signal);
			if (running.signal.aborted) return;
			this.data = data;
			this.problem = undefined;
		} catch (reason) {
			if (running.signal.aborted) return;
			this.data = undefined;
			this.problem = asProblem(reason);
		}
		this.loading = false;
	}

	retry = (): void => {
		if (this.#fetcher) void this.load(this.#fetcher);
	};

	cancel(): void {
		this.#running?.abort();
	}
}

/** A resource of a component: asked again whenever something that `fetcher` reads before its first await changes. */
export function resource<T>(fetcher: Fetcher<T>): Resource<T> {
	const asked = new Resource<T>();
	$effect(() => {
		void asked.load(fetcher);
		return () => asked.cancel();
	});
	return asked;
}
