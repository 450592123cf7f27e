import type { Article, Correction } from './types.ts';

export interface Notice {
	/** `retraction` must not be overlooked; `concern` and `correction` change how the article is read. */
	weight: 'retraction' | 'concern' | 'correction';
	says: string;
	source: string;
	note: string;
	pmid: number | null;
}

const SAYS: Record<string, [Notice['weight'], string]> = {
	RetractionIn: ['retraction', 'Retracted'],
	RetractedandRepublishedIn: ['retraction', 'Retracted and republished'],
	PartialRetractionIn: ['retraction', 'Retracted in part'],
	RetractionOf: ['retraction', 'This is the retraction of another article'],
	PartialRetractionOf: ['retraction', 'This is the partial retraction of another article'],
	ExpressionOfConcernIn: ['concern', 'The editors have expressed concern about it'],
	ExpressionOfConcernFor: ['concern', 'This expresses concern about another article'],
	ErratumIn: ['correction', 'Corrected'],
	ErratumFor: ['correction', 'This corrects another article'],
	CorrectedandRepublishedIn: ['correction', 'Corrected and republished'],
	CorrectedandRepublishedFrom: ['correction', 'This is the corrected form of another article'],
	UpdateIn: ['correction', 'There is an update'],
	RepublishedIn: ['correction', 'Republished']
};
const WEIGHTS: Notice['weight'][] = ['retraction', 'concern', 'correction'];

/** What changes how the article is to be read, the gravest first. */
export function notices(article: Pick<Article, 'details' | 'retracted'>): Notice[] {
	const found = (article.details.corrections ?? []).flatMap((one): Notice[] => {
		const known = SAYS[one.kind];
		return known ? [{ weight: known[0], says: known[1], source: one.source, note: one.note, pmid: one.pmid }] : [];
	});
	// A record may be marked as retracted and name no notice of it.
	if (article.retracted && !found.some((notice) => /^Retracted/.test(notice.says))) {
		found.push({ weight: 'retraction', says: 'Retracted', source: '', note: '', pmid: null });
	}
	return found.sort((a, b) => WEIGHTS.indexOf(a.weight) - WEIGHTS.indexOf(b.weight));
}

const RELATED: Record<string, string> = {
	CommentIn: 'Comment in',
	CommentOn: 'Comment on',
	SummaryForPatientsIn: 'Summary for patients in',
	OriginalReportIn: 'Original report in',
	ReprintIn: 'Reprint in',
	ReprintOf: 'Reprint of',
	RepublishedFrom: 'Republished from',
	RetractedandRepublishedFrom: 'Republished from a retracted article',
	UpdateOf: 'Update of',
	DatasetIn: 'Dataset in',
	DatasetDescribedIn: 'Dataset described in',
	AssociatedDataset: 'Dataset',
	AssociatedPublication: 'Publication',
	Cites: 'Cites'
};

/** The other articles that the record ties to this one. */
export function related(article: Pick<Article, 'details'>): (Correction & { says: string })[] {
	return (article.details.corrections ?? []).flatMap((one) => (SAYS[one.kind] ? [] : [{ ...one, says: RELATED[one.kind] ?? one.kind }]));
}

/** The journal's volume, issue and pages, as a reference list prints them. */
export function place(article: Pick<Article, 'volume' | 'issue' | 'pages'>): string {
	const issue = article.issue ? `(${article.issue})` : '';
	const volume = `${article.volume}${issue}`;
	return [volume, article.pages].filter(Boolean).join(':');
}
