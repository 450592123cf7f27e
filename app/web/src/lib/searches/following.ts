import { request } from '#lib/api/client.ts';
import { asProblem, type Problem } from '#lib/api/problem.ts';
import type { Search } from './types.ts';
import { underWay } from './wording.ts';

/** Milliseconds between two questions: the server answers an account so many of them an hour. */
export const EVERY = 10_000;

export interface Hearer {
	heard: (search: Search) => void;
	/** The search's events do not come: it is asked for from time to time, and this is why that failed, if it did. */
	asking: (problem: Problem | undefined) => void;
}

/** Follows the search at an address of the interface until it has ended. Returns what ends that earlier. */
export function follow(address: string, { heard, asking }: Hearer, every = EVERY): () => void {
	const stopped = new AbortController();
	const source = new EventSource(`${address}/events`);
	let broken = false;
	// A proxy that holds the events back lets no error be seen.
	let timer = setTimeout(() => void ask(), every);

	function hear(event: MessageEvent<string>) {
		clearTimeout(timer);
		heard(JSON.parse(event.data) as Search);
	}

	source.addEventListener('progress', hear);
	source.addEventListener('ended', (event) => {
		hear(event);
		source.close();
	});
	source.addEventListener('open', () => (broken = false));
	source.addEventListener('error', () => {
		// The server ends its events after some minutes, and the browser asks for them anew. That they were refused, or that
		// it fails at that, is another matter.
		if (broken || source.readyState === EventSource.CLOSED) void ask();
		broken = true;
	});

	async function ask() {
		clearTimeout(timer);
		source.close();
		try {
			const search = await request<Search>(address, { signal: stopped.signal });
			heard(search);
			asking(undefined);
			if (!underWay(search)) return;
		} catch (reason) {
			if (stopped.signal.aborted) return;
			const problem = asProblem(reason);
			asking(problem);
			if (problem.nothingThere) return;
		}
		timer = setTimeout(() => void ask(), every);
	}

	return () => {
		stopped.abort();
		source.close();
		clearTimeout(timer);
	};
}
