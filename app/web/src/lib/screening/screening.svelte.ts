import { SvelteMap } from 'svelte/reactivity';
import { request } from '#lib/api/client.ts';
import { asProblem, type Problem } from '#lib/api/problem.ts';
import { done } from '#lib/page/done.svelte.ts';
import { decided, holding, MARKS, ownDecision } from './marks.ts';
import type { Decision, Mark, Screened } from './types.ts';

const MOST = 200;
const EMPTY: Decision[] = [];

interface Named {
	pmid: number;
	title: string;
}

/** What people have made of the articles of a list, and changing one's own part of it. */
export class Screening {
	problem = $state.raw<Problem>();
	/** How one's own marks moved since the list was loaded, for counts that are shown beside it. */
	changes = $state(0);
	#known = new SvelteMap<number, Screened>();
	#queue: Promise<void> = Promise.resolve();

	async load(pmids: number[], signal: AbortSignal): Promise<void> {
		try {
			for (let at = 0; at < pmids.length; at += MOST) {
				const asked = new URLSearchParams(pmids.slice(at, at + MOST).map((pmid) => ['pmid', String(pmid)]));
				const { items } = await request<{ items: Screened[] }>(`/api/v1/screened?${asked}`, { signal });
				if (signal.aborted) return;
				for (const item of items) this.#known.set(item.pmid, item);
			}
			this.problem = undefined;
		} catch (reason) {
			if (!signal.aborted) this.problem = asProblem(reason);
		}
	}

	of(pmid: number): Screened | undefined {
		return this.#known.get(pmid);
	}

	holds(pmid: number, collection: number): boolean {
		return this.#held(pmid, collection) !== undefined;
	}

	marks(pmid: number, collection: number): Decision[] {
		return this.#held(pmid, collection)?.marks ?? EMPTY;
	}

	/** Decide on an article, which is added to the collection where it is not in it; null: take one's mark away. */
	decide(article: Named, collection: Target, mark: Mark | null, reason = ''): void {
		const before = ownDecision(this.marks(article.pmid, collection.id)) ?? null;
		const held = this.holds(article.pmid, collection.id);
		if (!before && mark === null) return;
		const name = MARKS.find((known) => known.value === mark)?.done ?? 'No longer marked';
		this.#turn(async () => {
			await this.#put(article.pmid, collection, mark === null ? null : own(mark, reason));
			done.say(`${name}: ${article.title}`, () =>
				held ? this.#put(article.pmid, collection, before) : this.#take(article.pmid, collection)
			);
		});
	}

	add(articles: Named[], collection: Target): void {
		const wanted = articles.filter((one) => !this.holds(one.pmid, collection.id));
		if (!wanted.length) return;
		const what = wanted.length === 1 ? wanted[0]!.title : `${wanted.length} articles`;
		this.#turn(async () => {
			await this.#add(wanted.map((one) => one.pmid), collection);
			done.say(`Added to ${collection.name}: ${what}`, async () => {
				for (const one of wanted) await this.#take(one.pmid, collection);
			});
		});
	}

	/** With one's own mark, which undoing brings back. */
	remove(article: Named, collection: Target): void {
		const before = ownDecision(this.marks(article.pmid, collection.id)) ?? null;
		this.#turn(async () => {
			await this.#take(article.pmid, collection);
			done.say(`Removed from ${collection.name}: ${article.title}`, async () => {
				await this.#add([article.pmid], collection);
				if (before) await this.#put(article.pmid, collection, before);
			});
		});
	}

	#held(pmid: number, collection: number) {
		return this.#known.get(pmid)?.collections.find((one) => one.id === collection);
	}

	/** One after the other, so that the last key pressed is the one that stays. */
	#turn(what: () => Promise<void>): void {
		this.#queue = this.#queue.then(async () => {
			try {
				await what();
				this.problem = undefined;
			} catch (reason) {
				this.problem = asProblem(reason);
			}
		});
	}

	async #put(pmid: number, collection: Target, decision: Decision | null): Promise<void> {
		const path = `/api/v1/collections/${collection.id}/articles/${pmid}/mark`;
		if (decision === null) {
			await request<void>(path, { method: 'DELETE' });
		} else {
			if (!this.holds(pmid, collection.id)) await this.#add([pmid], collection);
			await request<void>(path, { method: 'PUT', body: { mark: decision.mark, reason: decision.reason } });
		}
		this.#know(pmid, collection, decided(this.marks(pmid, collection.id), decision));
	}

	async #add(pmids: number[], collection: Target): Promise<void> {
		await request(`/api/v1/collections/${collection.id}/articles`, { method: 'POST', body: { pmids } });
		for (const pmid of pmids) this.#know(pmid, collection, this.marks(pmid, collection.id));
	}

	async #take(pmid: number, collection: Target): Promise<void> {
		await request<void>(`/api/v1/collections/${collection.id}/articles/${pmid}`, { method: 'DELETE' });
		this.#know(pmid, collection, null);
	}

	#know(pmid: number, collection: Target, marks: Decision[] | null): void {
		const known = this.#known.get(pmid) ?? { pmid, collections: [], notes: 0 };
		this.#known.set(pmid, holding(known, collection.id, marks && { ...collection, marks }));
		this.changes += 1;
	}
}

/** Enough of a collection to put articles into it. */
export interface Target {
	id: number;
	name: string;
}

function own(mark: Mark, reason: string): Decision {
	return { account: 'You', own: true, mark, reason };
}
