import { count, counted } from '#lib/wording/figures.ts';
import type { TopicMapData } from './types.ts';

/** "8,782 articles", or of very many "20,000 of 1,000,000 articles". */
export function articlesDrawn({ articles, drawn }: Pick<TopicMapData, 'articles' | 'drawn'>): string {
	const all = counted(articles, 'article');
	return drawn < articles ? `${count(drawn)} of ${all}` : all;
}
