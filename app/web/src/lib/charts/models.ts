import { modelName } from './forecast.ts';
import type { ForecastMeasured } from './types.ts';

/** What a model missed at earlier moments, over what the naive forecast missed; null where that cannot be told. */
export interface ModelError {
	model: string;
	error: number | null;
}

/** ARIMA with its order, the others by their names. */
export function fullName(model: string, order: string): string {
	return model === 'arima' ? `ARIMA(${order})` : modelName(model);
}

/** Every model's error beside naive's, the smallest first; none of an analysis that kept the drawn model's alone. */
export function errorsOf(measured: ForecastMeasured | null | undefined, drawn: string): ModelError[] {
	if (!measured?.others) return [];
	const errors = [
		{ model: drawn, error: measured.error_of_naive },
		...Object.entries(measured.others).map(([model, error]) => ({ model, error }))
	];
	if (drawn !== 'naive') errors.push({ model: 'naive', error: naiveMissed(errors) ? 1 : null });
	return errors.sort((one, other) => (one.error ?? Infinity) - (other.error ?? Infinity) || 0);
}

/** What ARIMA, which the requirements set, missed at earlier moments, beside naive and beside the model that is drawn. */
export function arimaLine(errors: ModelError[], drawn: string, order: string, period: 'months' | 'years' = 'years'): string {
	const arima = errors.find((one) => one.model === 'arima')?.error ?? null;
	const own = errors.find((one) => one.model === drawn)?.error ?? null;
	const name = `${fullName('arima', order)}, the model of the requirements,`;
	if (!naiveMissed(errors)) return 'The naive forecast missed nothing then, so no model can be compared with it.';
	if (arima === null) return `${name} cannot be fitted to so few ${period}.`;
	const missed = `At the same ${period} ${name} missed ${times(arima)} as much as the naive forecast`;
	if (drawn === 'arima') return `${missed}; it is the one drawn here.`;
	if (own === null) return `${missed}.`;
	return `${missed}; the ${modelName(drawn)}, drawn here, ${times(own)}. ${
		own < arima
			? 'So ARIMA is kept beside it, and is not the forecast.'
			: 'On these topics it would have missed no more: an administrator can set it as the model.'
	}`;
}

function naiveMissed(errors: ModelError[]): boolean {
	return errors.some((one) => one.error !== null);
}

function times(error: number): string {
	return `${error.toFixed(2)} times`;
}
