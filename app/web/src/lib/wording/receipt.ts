export interface ReceiptLine {
	name: string;
	value: string;
}

/** A receipt as lines to read: what a figure was made from. Takes whatever the analysis recorded, nested or not. */
export function receiptLines(receipt: unknown): ReceiptLine[] {
	if (receipt === null || receipt === undefined) return [];
	if (typeof receipt !== 'object') return [{ name: 'made from', value: String(receipt) }];
	return Object.entries(receipt).flatMap(([key, value]) => lines(words(key), value));
}

function lines(name: string, value: unknown): ReceiptLine[] {
	if (value === null || value === undefined) return [];
	if (Array.isArray(value)) return value.length ? [{ name, value: value.map(plain).join(', ') }] : [];
	if (typeof value === 'object') {
		return Object.entries(value).flatMap(([key, inner]) => lines(`${name}: ${words(key)}`, inner));
	}
	return [{ name, value: plain(value) }];
}

function plain(value: unknown): string {
	if (typeof value === 'number') return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
	if (typeof value === 'boolean') return value ? 'yes' : 'no';
	if (typeof value !== 'object' || value === null) return String(value);
	return Object.entries(value)
		.map(([key, inner]) => `${words(key)} ${plain(inner)}`)
		.join(' ');
}

function words(key: string): string {
	return key.replaceAll('_', ' ');
}
