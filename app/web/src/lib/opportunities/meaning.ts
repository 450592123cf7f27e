import type { Part } from './weights.ts';

/** What each part is computed from, in the words of its measures. */
export const MEANING: Record<Part, string> = {
	novelty: 'how far its recent papers are from the nearest earlier ones, how many of those are old, and how seldom their MeSH headings had met',
	velocity: 'how much its papers outgrow all papers, and their citations those of other papers of their field and age',
	recency: 'how late its papers come in the order in which all papers were published'
};

/** What a part's figure, and so the score, is measured against. */
export const MEASURED_AGAINST =
	'Each part is a place between 0 and 1 among the topics of a fixed reference, where 0.5 is the middle topic. The reference was made once from ' +
	'a snapshot of the stored articles and is kept: nobody’s search moves it. Papers that ' +
	'any search brought count as earlier work from the next analysis on.';

/** How a search comes to have such a score. */
export const SEARCH_MEASURED =
	'The articles of this search were scored as one topic is, their earlier work being all articles of the analysis that was newest then. ' + MEASURED_AGAINST;
