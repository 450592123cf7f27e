import { afterEach, describe, expect, it } from 'vitest';
import { session } from '#lib/session/session.svelte.ts';

describe('who is here', () => {
	afterEach(() => {
		session.person = undefined;
	});

	const may = (role: string, ownerId: number | null) => {
		session.person = { id: 7, email: 'a@example.org', name: 'A', role };
		return session.mayChange(ownerId);
	};

	it('may change what they made, what is nobody’s, and as an administrator all', () => {
		expect([may('researcher', 7), may('researcher', null), may('researcher', 8)]).toEqual([true, true, false]);
		expect([may('administrator', 7), may('administrator', 8)]).toEqual([true, true]);
		expect([may('reader', 7), may('reader', null)]).toEqual([false, false]);
		session.person = { id: null, email: '', name: '', role: 'visitor' };
		expect(session.mayChange(null)).toBe(false);
		session.person = undefined;
		expect(session.mayChange(null)).toBe(false);
	});
});
