import { asProblem, type Problem } from '#lib/api/problem.ts';

/** What was done last on this page, and how it is taken back. */
class Done {
	says = $state('');
	problem = $state.raw<Problem>();
	#undo = $state.raw<() => Promise<void>>();

	get mayUndo(): boolean {
		return this.#undo !== undefined;
	}

	say(says: string, undo?: () => Promise<void>): void {
		this.says = says;
		this.problem = undefined;
		this.#undo = undo;
	}

	undo = async (): Promise<void> => {
		const undo = this.#undo;
		if (!undo) return;
		this.#undo = undefined;
		try {
			await undo();
			this.says = 'Undone';
		} catch (reason) {
			this.problem = asProblem(reason);
		}
	};

	forget = (): void => {
		this.says = '';
		this.problem = undefined;
		this.#undo = undefined;
	};
}

/** One for the whole site: only the last thing done can be undone. */
export const done = new Done();
