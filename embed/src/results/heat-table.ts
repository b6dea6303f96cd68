/** The heatmap as a table for files; loaded only when somebody saves it. */
import type { TableModel } from '../core/charts/model.ts';
import type { Locale } from '../core/locale.ts';
import type { HeatRow } from './heat.ts';
import type { Matrix } from './types.ts';
import { figureCell, type Comparison } from './wording.ts';

/** Return all rows with their scores, or with their differences where they are compared. */
export function heatTable({ columns }: Matrix, rows: readonly HeatRow[], to: Comparison, intl: Locale): TableModel {
  const { t } = intl;
  return {
    caption: t('ui.heatmap.title'),
    columns: [
      { label: t('ui.column.unit') },
      { label: t('ui.results.people'), numeric: true },
      ...columns.map(({ name }) => ({ label: name, numeric: true })),
    ],
    rows: rows.map((row) => [
      { text: row.name },
      { text: intl.number(row.people), value: row.people },
      ...row.heats.map(({ score, delta, larger }) => {
        if (score !== null && to !== 'none') return delta === null ? { text: '–' } : { text: intl.signed(delta, 1), value: delta };
        // A spreadsheet must not take the score of a larger group for the row's own.
        return larger && score !== null ? { text: `${intl.number(score)} · ${t('ui.results.with', { name: larger })}` } : figureCell(score, intl);
      }),
    ]),
  };
}
