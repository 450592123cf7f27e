import { count, PERCENT, score } from '#lib/wording/figures.ts';
import type { Interval, OpportunityReceipt, Parts } from './types.ts';
import { PARTS, sameWeights, weighted } from './weights.ts';

export interface ReceiptLine {
	name: string;
	value: string;
}

/** A receipt in words: each figure that the score was computed from, and what made it. */
export function receiptLines(receipt: OpportunityReceipt, parts: Parts & Interval, check = ''): ReceiptLine[] {
	const { inputs, weights, thresholds } = receipt;
	const { recent, earlier, corpus_recent, corpus_earlier } = inputs.windows;
	const above = (part: keyof Parts) => `higher than ${Math.round(parts[part] * 100)}${PERCENT} of the ${receipt.reference_id ? "reference's topics" : 'topics'}`;
	return [
		{ name: 'Articles', value: `${count(receipt.sample_size)} with a publication year` },
		{ name: 'Recent papers', value: `${count(recent)} in the last three complete years, ${count(earlier)} in the three before` },
		{ name: 'In the corpus', value: `${count(corpus_recent)} and ${count(corpus_earlier)}` },
		{ name: 'Novelty', value: `${noveltyLine(receipt)}, ${above('novelty')}` },
		{ name: 'Velocity', value: `${velocityLine(receipt)}, ${above('velocity')}` },
		{ name: 'Recency', value: `mean place in the order of years ${inputs.recency.toFixed(3)}, ${above('recency')}` },
		{ name: 'Weights', value: PARTS.map((part) => `${part} ${weights[part]}`).join(', ') },
		{ name: 'Interval', value: intervalLine(receipt, parts) },
		{ name: 'Labels', value: steps(thresholds).map(([label, bound]) => `${label} from ${score(bound)}`).join(', ') },
		{ name: 'Citations', value: citationsLine(receipt) },
		{ name: 'Note', value: receipt.note },
		{ name: 'Method', value: receipt.method ?? '' },
		{ name: 'Reference', value: referenceLine(receipt) },
		{ name: 'Snapshot', value: receipt.snapshot },
		{ name: 'Model', value: receipt.model_hash },
		{ name: 'Release', value: receipt.release_id },
		{ name: 'Check', value: check && `primetime opportunity explain ${check} computes it again, on the server` }
	].filter((line) => line.value);
}

/** What the places are among: percentiles of the topics of one snapshot, made once and kept under this name. */
function referenceLine({ reference, reference_id, reference_snapshot }: OpportunityReceipt): string {
	if (!reference_id) return '';
	const kept = `${reference.novelty!.length} percentiles of each part, made once and kept as ${reference_id}`;
	return reference_snapshot ? `${kept}, of the topics of snapshot ${reference_snapshot.slice(0, 12)}` : kept;
}

/** The measures of novelty; a receipt of an earlier release has the distance alone. */
function noveltyLine({ inputs }: OpportunityReceipt): string {
	const { distance, old, rarity } = inputs;
	if (distance == null) return `mean distance to earlier work ${inputs.novelty.toFixed(3)}`;
	const told = [`mean distance to earlier work ${distance.toFixed(3)}`];
	if (old != null) told.push(`${Math.round(old * 100)}${PERCENT} of the nearest from the older half of it`);
	if (rarity != null) told.push(`rarity of its MeSH headings' meeting ${rarity.toFixed(2)}`);
	return told.join(', ');
}

function velocityLine({ inputs }: OpportunityReceipt): string {
	const papers = `growth ${Math.exp(inputs.papers ?? inputs.velocity).toFixed(2)} times the corpus's`;
	if (inputs.citations == null) return papers;
	const sign = inputs.citations < 0 ? '\u2212' : '+';
	return `${papers}, citation ratio ${sign}${Math.abs(inputs.citations).toFixed(2)} over the corpus's (logarithm)`;
}

/** Whose citation ratios, of how many papers, and of when. */
function citationsLine({ inputs, citations }: OpportunityReceipt): string {
	if (!citations || !inputs.cited) return '';
	const { recent, earlier } = inputs.cited;
	const days = [...new Set(citations.looked_up)].join(' to ');
	return `${citations.source}'s ratio of ${count(recent)} recent papers and ${count(earlier)} earlier ones, looked up ${days}`;
}

/** The interval by the analysis's own weights: "0.51 to 0.68 by 500 draws of its articles". */
function intervalLine({ bootstrap }: OpportunityReceipt, { low, high }: Interval): string {
	if (!bootstrap || low == null || high == null) return '';
	return `${score(low)} to ${score(high)} in ${Math.round(bootstrap.level * 100)}${PERCENT} of ${bootstrap.draws} draws of its articles`;
}

/** The label of a score by the thresholds of its receipt; below them all it is low. */
export function labelOf(value: number, thresholds: Record<string, number>): string {
	// As the analysis does: the score is rounded as it is shown before it is labelled.
	const rounded = Math.round(value * 1e4) / 1e4;
	return steps(thresholds).find(([, bound]) => rounded >= bound)?.[0] ?? 'Low';
}

/** A score by the reader's weights and its label by its receipt's thresholds; by its own weights it stays as published. */
export function weighedBy<One extends Parts & { score: number; label: string }>(
	published: One,
	receipt: OpportunityReceipt,
	weights: Parts
): { score: number; label: string; own: boolean } {
	if (sameWeights(weights, receipt.weights)) return { score: published.score, label: published.label, own: true };
	const { score } = weighted(published, weights);
	return { score, label: labelOf(score, receipt.thresholds), own: false };
}

function steps(thresholds: Record<string, number>): [string, number][] {
	return Object.entries(thresholds).sort(([, a], [, b]) => b - a);
}
