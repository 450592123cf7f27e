import type { ModelError } from '#lib/topics/types.ts';
import { modelName } from './forecast.ts';

/** ARIMA with its order, the others by their names. */
export function fullName(model: string, order: string): string {
	return model === 'arima' ? `ARIMA(${order})` : modelName(model);
}

/** What ARIMA, which the requirements set, missed at earlier years, beside naive and beside the model that is drawn. */
export function arimaLine(errors: ModelError[], drawn: string, order: string): string {
	const arima = errors.find((one) => one.model === 'arima');
	const own = errors.find((one) => one.model === drawn);
	const name = fullName('arima', order);
	if (!arima) return `${name}, the model of the requirements, cannot be fitted to so few years.`;
	if (arima.error_of_naive === null) return `The naive forecast missed nothing at these years, so ${name} cannot be compared with it.`;
	const missed = ({ error_of_naive }: ModelError) => `${error_of_naive!.toFixed(2)} times`;
	const told = `At ${arima.origins === 1 ? 'one earlier year' : `${arima.origins} earlier years`} ${name}, the model of the requirements, missed ${missed(arima)} as much as the naive forecast`;
	if (drawn === 'arima') return `${told}; it is the one drawn here.`;
	if (!own || own.error_of_naive === null) return `${told}.`;
	const better = own.error_of_naive < arima.error_of_naive;
	return `${told}; the ${modelName(drawn)}, drawn here, ${missed(own)}. ${
		better ? 'So ARIMA is kept beside it, and is not the forecast.' : 'On these topics it would have missed no more: an administrator can set it as the model.'
	}`;
}
