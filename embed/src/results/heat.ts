/** The heatmap's rows and colors: plain data, no drawing. */
import type { Locale } from '../core/locale.ts';
import { compared, type Comparison } from './wording.ts';
import type { HeatmapData, Matrix } from './types.ts';

export interface Heat {
  readonly score: number | null;
  readonly delta: number | null;
  readonly sure: boolean;
  /** The larger group whose score it is, where it is not the row's own. */
  readonly larger?: string | undefined;
}

/** One shown group: a unit, or several that are combined because they are small. */
export interface HeatRow {
  readonly key: string;
  readonly name: string;
  /** How many people of it were invited. */
  readonly people: number;
  /** The units that it stands for, those first that have units below. */
  readonly units: readonly { readonly id: string | null; readonly name: string; readonly drillable: boolean }[];
  readonly exact: boolean;
  readonly heats: readonly Heat[];
}

/** Return a row for each group, in the order of the units: combined units stand in one row, once. */
export function heatRows({ rows, columns, rowCount, standIns }: Matrix): HeatRow[] {
  const found = new Map<string, HeatRow>();
  for (let at = 0; at < rowCount; at += 1) {
    const key = rows.groupKeys[at] ?? String(at);
    const unit = { id: rows.unitIds[at] ?? null, name: rows.names[at] ?? '', drillable: rows.drillable[at] ?? false };
    const known = found.get(key);
    found.set(key, {
      key,
      name: rows.groupNames[at] ?? unit.name,
      people: rows.peopleCounts[at] ?? 0,
      units: [...(known?.units ?? []), unit].sort((a, b) => Number(b.drillable) - Number(a.drillable)),
      exact: rows.exact[at] ?? false,
      heats: known?.heats ?? columns.map(({ scores, groups, deltas, significant }) => ({
        score: scores[at] ?? null,
        delta: deltas?.[at] ?? null,
        sure: significant?.[at] ?? false,
        larger: standIns[groups?.[at] ?? -1]?.name,
      })),
    });
  }
  return [...found.values()];
}

/** Return the row of the unit itself, in the columns of the matrix. */
export function ownRow({ matrix, place }: HeatmapData, to: Comparison, locale: Locale): HeatRow {
  const scores = new Map([['overall', place.overall], ...place.areas.map(({ key, score }) => [key, score] as const)]);
  const heats = matrix.columns.map(({ key }): Heat => {
    const score = scores.get(key);
    const found = score ? compared(score, to, locale) : null;
    return { score: score?.value ?? null, delta: found?.delta ?? null, sure: found?.sure ?? false, larger: score?.group?.name };
  });
  const { group, unitId, name } = place;
  return { key: group.key, name: group.name, people: group.peopleCount, units: [{ id: unitId, name, drillable: false }], exact: group.exact, heats };
}

/** The ends are the bands Build and Sustain; the three between part the band Strengthen. */
const SCORE_CUTS = [50, 58, 67, 75] as const;
const FAR = 8;

/** Return the color (1–5) of a cell, or 0 where it has none. */
export function heatColor({ score, delta, sure }: Heat, to: Comparison): 0 | 1 | 2 | 3 | 4 | 5 {
  if (score === null) return 0;
  if (to === 'none') return (1 + SCORE_CUTS.filter((cut) => score >= cut).length) as 1 | 2 | 3 | 4 | 5;
  if (delta === null) return 0;
  if (!sure || !delta) return 3;
  if (delta < 0) return delta <= -FAR ? 1 : 2;
  return delta >= FAR ? 5 : 4;
}

/** Return the words for the five colors, from the lowest up. */
export function heatLegend(to: Comparison, { t }: Locale): string[] {
  if (to !== 'none') {
    return [t('ui.heatmap.far_below', { points: FAR }), t('ui.heatmap.below'), t('ui.heatmap.level'), t('ui.heatmap.above'), t('ui.heatmap.far_above', { points: FAR })];
  }
  const [low, second, third, high] = SCORE_CUTS;
  const between = (from: number, below: number) => t('ui.heatmap.between', { from, to: below - 1 });
  return [t('ui.heatmap.under', { score: low }), between(low, second), between(second, third), between(third, high), t('ui.heatmap.from', { score: high })];
}
