/** Fixed figures of an invented organization. */
import type { ScoreRow, Series, ShareRow, Strip } from '../../../embed/src/core/charts/model.ts';

const area = (key: string, label: string, value: number | null, reference: number, sure = false): ScoreRow => ({
  key, label, value, reference, n: value === null ? 0 : 140 + (value % 9),
  ...(value === null ? {} : { delta: { value: value - reference, sure } }),
});

export const AREAS: ScoreRow[] = [
  area('direction', 'Direction and market focus', 71, 66),
  area('insight', 'Customer insight and value', 64, 67),
  area('opportunities', 'Creating new opportunities', 48, 58, true),
  area('deals', 'Winning deals', 69, 63, true),
  area('growth', 'Growing existing customers', 77, 68, true),
  area('leadership', 'Leadership and coaching', 58, 62),
  area('skills', 'Skills and learning', null, 64),
  area('goals', 'Goals, follow-up and motivation', 66, 66),
  area('tools', 'Collaboration, tools and data', 54, 57),
];

export const STATEMENTS: ShareRow[] = [
  { key: 'stages', label: 'We share the same definition of each sales stage.', shares: [0.04, 0.11, 0.17, 0.42, 0.26], n: 148 },
  { key: 'drop', label: 'We drop weak opportunities early.', shares: [0.12, 0.29, 0.24, 0.27, 0.08], n: 146 },
  { key: 'decides', label: 'We know who decides, and how, before we submit a proposal.', shares: [0.02, 0.09, 0.21, 0.47, 0.21], n: 147 },
  { key: 'forecast', label: 'My forecast is usually close to the outcome.', shares: null },
];

export const POSITION: Strip = {
  value: 67, label: 'Region North', low: 38, high: 86, quartiles: [55, 62, 70],
  bands: ['', '', '', ''], marks: [{ value: 79, label: 'Best team' }],
};

export const MOMENTS = ['Autumn 2024', 'Spring 2025', 'Autumn 2025', 'Spring 2026'];

export const TREND: Series[] = [
  { label: 'Region North', kind: 'own', values: [51, 55, 54, 58] },
  { label: 'Benchmark', kind: 'reference', values: [60, 61, 61, 62] },
];
