import type { Component } from 'svelte';
import { render } from 'svelte/server';

/** What a reader sees of a component: its text without tags, with single plain spaces. */
export function shown<Props extends Record<string, unknown>>(component: Component<Props>, props: Props): string {
	const { body } = render(component as Component<Record<string, unknown>>, { props });
	return body.replace(/<!--.*?-->/g, '').replace(/<style.*?<\/style>/gs, '').replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ').trim();
}
