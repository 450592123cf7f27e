/** PubMed's publication types that readers narrow by; an article's own rarer ones are filtered by following their link. */
export const PUBLICATION_TYPES = [
	'Case Reports',
	'Clinical Trial',
	'Comparative Study',
	'Editorial',
	'Evaluation Study',
	'Guideline',
	'Journal Article',
	'Letter',
	'Meta-Analysis',
	'Multicenter Study',
	'Observational Study',
	'Practice Guideline',
	'Randomized Controlled Trial',
	'Review',
	'Systematic Review',
	'Validation Study'
];
