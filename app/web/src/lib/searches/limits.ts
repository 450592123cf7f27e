/** What is shown to be chosen before anything is typed; PubMed knows more. */
export const TYPES = ['Review', 'Systematic Review', 'Meta-Analysis', 'Randomized Controlled Trial', 'Clinical Trial', 'Case Reports'];
export const LANGUAGES = ['english', 'french', 'german', 'spanish', 'chinese', 'japanese'];

/** Others of PubMed’s languages, to choose from while one is typed. */
export const OTHER_LANGUAGES = [
	'arabic',
	'czech',
	'danish',
	'dutch',
	'finnish',
	'hebrew',
	'hungarian',
	'italian',
	'korean',
	'norwegian',
	'persian',
	'polish',
	'portuguese',
	'russian',
	'swedish',
	'turkish',
	'ukrainian'
];

/** What is shown, and after it what is chosen besides; PubMed does not mind capitals. */
export function choices(shown: string[], chosen: string[]): string[] {
	return [...shown, ...chosen.filter((value, place) => !has(shown, value) && !has(chosen.slice(0, place), value))];
}

export function has(list: string[], value: string): boolean {
	return list.some((one) => same(one, value));
}

/** With the value where it was lacking, without it where it was there. */
export function turned(list: string[], value: string): string[] {
	return has(list, value) ? list.filter((one) => !same(one, value)) : [...list, value];
}

function same(one: string, other: string): boolean {
	return one.toLowerCase() === other.toLowerCase();
}
