/** Published results as the API gives them; `null` wherever nothing may be shown. */

/** The people behind a figure: a unit, or several units combined to protect answers. */
export interface Group {
  readonly key: string;
  readonly name: string;
  /** Whether it is exactly the unit that was asked for. */
  readonly exact: boolean;
  readonly peopleCount: number;
}

/** A figure minus another published one, on the same statements. */
export interface Difference {
  readonly value: number;
  readonly reference: number;
  readonly significant: boolean;
  readonly name: string;
  readonly note: string | null;
}

/** Where a figure stands among sales organizations; `low` and `high` bound the percentile. */
export interface Percentile {
  readonly percentile: number;
  readonly low: number;
  readonly high: number;
  readonly organizationCount: number;
  readonly median: number;
  readonly sentence: string;
}

export type Band = 'BUILD' | 'STRENGTHEN' | 'SUSTAIN';

/** A score from 0 to 100; `interval` is the half-width of its 95 % interval. */
export interface Score {
  readonly value: number | null;
  readonly interval: number | null;
  readonly answerCount: number | null;
  readonly band: Band | null;
  readonly bandName: string | null;
  readonly parent: Difference | null;
  readonly previous: Difference | null;
  readonly benchmark: Percentile | null;
  /** The larger group whose score it is, where the unit's own may not be shown. */
  readonly group: Pick<Group, 'name'> | null;
  readonly hidden: string | null;
}

export interface Area {
  readonly key: string;
  readonly name: string;
  readonly score: Score;
}

/** What the results of every unit begin with. */
export interface Place {
  readonly surveyTitle: string;
  readonly unitId: string | null;
  readonly name: string;
  readonly level: string;
  readonly group: Group;
  /** Least people behind a figure in this survey. */
  readonly smallestGroup: number;
}

/** What figures are compared with; `note` must stand beside every comparison. */
export interface Edition {
  readonly title: string;
  readonly synthetic: boolean;
  readonly note: string | null;
}

export interface Step {
  readonly unitId: string | null;
  readonly name: string;
  readonly visible: boolean;
}

export interface HiddenNote {
  readonly subject: string;
  readonly text: string;
}

export interface AreasData extends Place {
  readonly previousTitle: string | null;
  readonly overall: Score;
  readonly areas: readonly Area[];
  readonly hidden: readonly HiddenNote[];
  readonly benchmark: Edition | null;
}

export interface OptionShare {
  readonly option: number;
  readonly label: string;
  /** Percent of the answers. */
  readonly percent: number;
}

export interface Statement {
  readonly key: string;
  readonly areaKey: string;
  readonly text: string;
  /** From 1 to 5, to one decimal. */
  readonly mean: number | null;
  readonly interval: number | null;
  readonly answerCount: number | null;
  readonly favorable: number | null;
  readonly distribution: readonly OptionShare[] | null;
  readonly group: Group | null;
  readonly parent: Difference | null;
  readonly previous: Difference | null;
  readonly benchmark: Percentile | null;
  readonly hidden: string | null;
}

/** One statement of a unit, and the same statement at others it is compared with. */
export interface QuestionData extends Place {
  readonly statement: Statement;
  readonly others: readonly { readonly name: string; readonly statement: Statement }[];
  /** All statements by area, to choose from. */
  readonly areas: readonly { readonly key: string; readonly name: string; readonly statements: readonly { readonly key: string; readonly text: string }[] }[];
}

export type Compare = 'NONE' | 'PARENT' | 'PREVIOUS' | 'BENCHMARK';

/** Scores of many units in columns: item i of each vector belongs to row i. */
export interface Matrix {
  readonly rowCount: number;
  readonly rows: {
    readonly unitIds: readonly (string | null)[];
    readonly names: readonly string[];
    readonly levels: readonly string[];
    readonly groupKeys: readonly string[];
    readonly groupNames: readonly string[];
    readonly exact: readonly boolean[];
    readonly peopleCounts: readonly number[];
    readonly drillable: readonly boolean[];
  };
  readonly columns: readonly {
    readonly key: string;
    readonly name: string;
    readonly scores: readonly (number | null)[];
    /** Positions in `standIns` of the larger groups whose scores these are. */
    readonly groups: readonly (number | null)[] | null;
    readonly deltas: readonly (number | null)[] | null;
    readonly significant: readonly (boolean | null)[] | null;
  }[];
  readonly standIns: readonly Pick<Group, 'name'>[];
  readonly compare: Compare;
  readonly reference: string | null;
  readonly note: string | null;
}

export interface HeatmapData {
  readonly matrix: Matrix;
  readonly place: AreasData & { readonly breadcrumb: readonly Step[] };
}

/** A score of a group across the tree, beside the whole organization. */
export type CutScore = Pick<Score, 'value' | 'hidden' | 'parent'>;

export interface CutPart {
  readonly key: string;
  readonly name: string;
  /** Why nothing of the group is shown. */
  readonly hidden: string | null;
  readonly overall: CutScore;
  readonly areas: readonly { readonly key: string; readonly name: string; readonly score: CutScore }[];
}

export interface Cut {
  readonly key: string;
  readonly name: string;
  readonly hidden: string | null;
  readonly parts: readonly CutPart[];
}

export interface CutsData {
  readonly surveyTitle: string;
  /** Name of the organization. */
  readonly organizationName: string;
  readonly note: string;
  readonly cuts: readonly Cut[];
}

export interface Prompt {
  readonly areaKey: string;
  readonly areaName: string;
  readonly prompt: string;
  readonly group: Group;
  readonly comments: readonly string[];
}

export interface CommentsData extends Place {
  readonly comments: { readonly prompts: readonly Prompt[]; readonly hidden: string | null };
}

export interface SummaryArea {
  readonly key: string;
  readonly name: string;
  readonly score: number;
  readonly reasons: readonly string[];
}

export interface Summary {
  readonly title: string;
  readonly headline: string;
  readonly sentences: readonly string[];
  readonly strengths: readonly SummaryArea[];
  readonly opportunities: readonly SummaryArea[];
  readonly suggestions: readonly { readonly areaKey: string; readonly areaName: string; readonly text: string }[];
  readonly activities: readonly string[];
  readonly notes: readonly string[];
}

export interface Rate {
  readonly invited: number;
  readonly finished: number | null;
  readonly display: string;
}

export interface SummaryData extends Place {
  readonly areas: readonly { readonly key: string; readonly name: string; readonly score: Pick<Score, 'value' | 'group'> }[];
  readonly previousTitle: string | null;
  readonly overall: Score;
  readonly summary: Summary;
  readonly hidden: readonly HiddenNote[];
  readonly benchmark: Edition | null;
  /** Null where the caller may not see it, or it is of another group. */
  readonly rate: Rate | null;
}
