import { DARK, LIGHT } from './colours.ts';
import type { Theme } from './drawing.ts';

/** The page's colours for the canvas, renewed when the reader's system turns dark or light. */
export class PageTheme {
	current = $state.raw<Theme>(read(matchMedia('(prefers-color-scheme: dark)').matches));

	constructor() {
		$effect(() => {
			const dark = matchMedia('(prefers-color-scheme: dark)');
			const renew = () => (this.current = read(dark.matches));
			dark.addEventListener('change', renew);
			// Labels are measured, so they are drawn again once their font has come.
			void document.fonts.ready.then(renew);
			return () => dark.removeEventListener('change', renew);
		});
	}
}

function read(dark: boolean): Theme {
	const style = getComputedStyle(document.documentElement);
	const value = (name: string) => style.getPropertyValue(name).trim();
	return {
		paper: value('--surface'),
		ink: value('--ink'),
		soft: value('--line-strong'),
		font: value('--font'),
		topics: dark ? DARK : LIGHT
	};
}
