import { request } from '#lib/api/client.ts';
import { Resource } from '#lib/api/resource.svelte.ts';
import type { Dashboard } from '#lib/api/types.ts';

class Corpus extends Resource<Dashboard> {
	/** Asked anew; what is known stays on the page meanwhile. */
	refresh(): void {
		void this.load((signal) => request<Dashboard>('/api/v1/dashboard', { signal }));
	}
}

/** The corpus's counts: one for the whole site, because every page must say whether articles are made up. */
export const corpus = new Corpus();
