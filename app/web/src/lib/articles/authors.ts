import type { Author } from './types.ts';

export interface Credited {
	name: string;
	orcid: string | null;
	/** Numbers into the list of affiliations, from 1. */
	at: number[];
}

export interface Credits {
	authors: Credited[];
	affiliations: string[];
}

/** Authors with numbered affiliations, each affiliation listed once. */
export function credits(authors: Author[]): Credits {
	const affiliations: string[] = [];
	const credited = authors.map((author) => ({
		name: fullName(author),
		orcid: orcidOf(author.orcid),
		at: author.affiliations.map((affiliation) => numberOf(affiliation.trim(), affiliations))
	}));
	return { authors: credited.filter((author) => author.name !== ''), affiliations };
}

function numberOf(affiliation: string, known: string[]): number {
	const index = known.indexOf(affiliation);
	return index >= 0 ? index + 1 : known.push(affiliation);
}

function fullName(author: Author): string {
	if (author.collective_name) return author.collective_name;
	return [author.fore_name ?? author.initials, author.last_name].filter(Boolean).join(' ');
}

/** The sixteen characters, whether the record has them bare or as an address. */
function orcidOf(written: string | null): string | null {
	return written?.match(/\d{4}-\d{4}-\d{4}-\d{3}[\dX]/)?.[0] ?? null;
}
