import type { Article } from './types.ts';

export interface Source {
	name: string;
	href: string;
}

/** Where an article can be read; a made-up one nowhere. */
export function sources(article: Pick<Article, 'pmid' | 'has_pmid' | 'doi' | 'pmc' | 'made_up'>): Source[] {
	if (article.made_up) return [];
	const found = article.has_pmid ? [{ name: 'PubMed', href: `https://pubmed.ncbi.nlm.nih.gov/${article.pmid}/` }] : [];
	if (article.doi) found.push({ name: 'DOI', href: `https://doi.org/${article.doi.split('/').map(encodeURIComponent).join('/')}` });
	if (article.pmc) found.push({ name: 'PMC', href: `https://www.ncbi.nlm.nih.gov/pmc/articles/${pmcId(article.pmc)}/` });
	return found;
}

/** PubMed's records name the same article both "PMC123" and "123". */
function pmcId(pmc: string): string {
	return encodeURIComponent(pmc.toUpperCase().startsWith('PMC') ? pmc.toUpperCase() : `PMC${pmc}`);
}
