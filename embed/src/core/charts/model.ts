/** What charts draw and tables list: plain data, already in the reader's words. */

/** One score from 0 to 100; null where the server shows none. */
export interface ScoreRow {
  readonly key: string;
  readonly label: string;
  readonly value: number | null;
  readonly reference?: number | null;
  /** The difference to the reference; `sure` where its interval excludes zero. */
  readonly delta?: { readonly value: number; readonly sure: boolean };
  readonly n?: number;
  /** Whose value it is, where it is not the row's own: drawn lighter, with these words. */
  readonly larger?: string;
}

/** Shares (0–1) of the five answers, from strongly disagree to strongly agree; null where hidden. */
export interface ShareRow {
  readonly key: string;
  readonly label: string;
  readonly shares: readonly number[] | null;
  readonly n?: number;
}

/** A value among the quarters of a comparison group. */
export interface Strip {
  readonly value: number;
  readonly label: string;
  readonly low: number;
  readonly high: number;
  /** Lower quartile, median, upper quartile. */
  readonly quartiles: readonly [number, number, number];
  readonly bands: readonly [string, string, string, string];
  readonly marks?: readonly { readonly value: number; readonly label: string }[];
}

/** Values over time; null leaves a gap. */
export interface Series {
  readonly label: string;
  readonly kind: 'own' | 'reference';
  readonly values: readonly (number | null)[];
}

export interface Cell {
  readonly text: string;
  /** What a spreadsheet gets instead of the text. */
  readonly value?: number | null;
  readonly tone?: 'good' | 'bad' | 'hidden';
}

/** A table whose first column names the rows. */
export interface TableModel {
  readonly caption: string;
  readonly columns: readonly { readonly label: string; readonly numeric?: boolean }[];
  readonly rows: readonly (readonly Cell[])[];
}
