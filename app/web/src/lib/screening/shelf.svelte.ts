import { request } from '#lib/api/client.ts';
import { wholeList } from '#lib/api/pages.ts';
import { Resource } from '#lib/api/resource.svelte.ts';
import type { Collection } from './types.ts';

const CHOSEN = 'prime-time-collection';

/** The collections that one may see, and the one that lists are screened into. */
class Shelf extends Resource<Collection[]> {
	#chosen = $state(Number(localStorage.getItem(CHOSEN)) || null);

	refresh(): Promise<void> {
		return this.load(async (signal) => (await wholeList<Collection>('/api/v1/collections', (path) => request(path, { signal }))).items);
	}

	/** The collection chosen before, as long as it is there. */
	get chosen(): Collection | undefined {
		return this.data?.find((one) => one.id === this.#chosen);
	}

	choose(id: number | null): void {
		this.#chosen = id;
		if (id === null) localStorage.removeItem(CHOSEN);
		else localStorage.setItem(CHOSEN, String(id));
	}

	/** Throws `Problem`. */
	async create(name: string): Promise<Collection> {
		const made = await request<Collection>('/api/v1/collections', { method: 'POST', body: { name } });
		await this.refresh();
		return made;
	}
}

/** One for the whole site, asked anew by each page that shows it. */
export const shelf = new Shelf();
