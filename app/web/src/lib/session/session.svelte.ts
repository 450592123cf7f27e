import { goto } from '$app/navigation';
import { request } from '#lib/api/client.ts';
import type { Person } from '#lib/people/types.ts';

class Session {
	person = $state.raw<Person>();

	async find(signal: AbortSignal): Promise<Person> {
		this.person = await request<Person>('/api/v1/session', { signal });
		return this.person;
	}

	async signIn(email: string, password: string): Promise<void> {
		const options = { method: 'POST', body: { email, password }, redirectWhenSignedOut: false } as const;
		this.person = await request<Person>('/api/v1/session', options);
	}

	async signOut(): Promise<void> {
		await request<void>('/api/v1/session', { method: 'DELETE', redirectWhenSignedOut: false });
		// Forgotten only on the sign-in page: any other would ask who is there and note itself as the place to return to.
		await goto('/sign-in');
		this.person = undefined;
	}

	get isVisitor(): boolean {
		return this.person?.role === 'visitor';
	}

	get mayAdminister(): boolean {
		return this.person?.role === 'administrator';
	}

	get mayAnalyse(): boolean {
		return this.person?.role === 'researcher' || this.person?.role === 'administrator';
	}
}

/** Who is using the site in this tab. */
export const session = new Session();
