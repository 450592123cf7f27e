import type { Component, ComponentProps } from 'svelte';
import { render } from 'svelte/server';

/** The markup of a component as it first stands, before anything is clicked. */
export function markup<One extends Component<any>>(component: One, props: ComponentProps<One>): string {
	return render(component as Component<Record<string, unknown>>, { props }).body;
}

/** What a reader sees of it: the text without tags, with single plain spaces. */
export function shown<One extends Component<any>>(component: One, props: ComponentProps<One>): string {
	return markup(component, props).replace(/<!--.*?-->/g, '').replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ').trim();
}
