import { request } from '#lib/api/client.ts';
import { asProblem, type Problem } from '#lib/api/problem.ts';
import { done } from '#lib/page/done.svelte.ts';
import type { Note } from './types.ts';

/** Writing, changing and deleting notes; what is deleted can be brought back. */
export class NoteKeeping {
	problem = $state.raw<Problem>();
	#then: () => void;

	constructor(then: () => void) {
		this.#then = then;
	}

	write(pmid: number, text: string, shared: boolean): Promise<boolean> {
		return this.#does(() => request(`/api/v1/articles/${pmid}/notes`, { method: 'POST', body: { text, shared } }));
	}

	change(note: Note, body: Partial<Pick<Note, 'text' | 'shared'>>): Promise<boolean> {
		return this.#does(() => request(`/api/v1/notes/${note.id}`, { method: 'PATCH', body }));
	}

	remove(note: Note): Promise<boolean> {
		return this.#does(async () => {
			await request(`/api/v1/notes/${note.id}`, { method: 'DELETE' });
			done.say('Note deleted', async () => {
				const { text, shared } = note;
				await request(`/api/v1/articles/${note.pmid}/notes`, { method: 'POST', body: { text, shared } });
				this.#then();
			});
		});
	}

	async #does(what: () => Promise<unknown>): Promise<boolean> {
		this.problem = undefined;
		try {
			await what();
			this.#then();
			return true;
		} catch (reason) {
			this.problem = asProblem(reason);
			return false;
		}
	}
}
