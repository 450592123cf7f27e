const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
const minute = new Intl.DateTimeFormat('en-GB', {
	day: 'numeric',
	month: 'long',
	year: 'numeric',
	hour: '2-digit',
	minute: '2-digit'
});

/** Kept on the line of its number. */
export const PERCENT = '\u00a0%';

/** 8782 → "8,782"; forecasts have fractions, of which one digit is shown below ten. */
export function count(value: number): string {
	return Math.abs(value) < 10 ? oneDecimal.format(value) : whole.format(value);
}

/** "1 article", "12 articles". */
export function counted(value: number, one: string, many = `${one}s`): string {
	return `${count(value)} ${value === 1 ? one : many}`;
}

/** A score between 0 and 1, as "0.73". Cut, not rounded: one shown as 0.80 has reached the label that begins at 0.80. */
export function score(value: number): string {
	return (Math.floor(Math.round(value * 1e4) / 100) / 100).toFixed(2);
}

/** Relative change, 0.124 → "+12 %"; a real minus sign, and a dash where there is none to tell. */
export function growth(value: number | null): string {
	if (value === null || !Number.isFinite(value)) return '–';
	const percent = Math.round(value * 100);
	if (percent === 0) return `0${PERCENT}`;
	return `${percent > 0 ? '+' : '−'}${whole.format(Math.abs(percent))}${PERCENT}`;
}

/** A share of one, or a cosine similarity, as a whole percentage. */
export function percent(value: number): string {
	return `${Math.round(Math.max(0, value) * 100)}${PERCENT}`;
}

export function date(iso: string): string {
	return day.format(new Date(iso));
}

/** The reader's own time zone. */
export function moment(iso: string): string {
	return minute.format(new Date(iso));
}

/** At most `shown` names, then how many more there are. */
export function people(names: string[], shown = 4): string {
	if (names.length <= shown + 1) return names.join(', ');
	return `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`;
}
