/** What the people widgets ask and send; a test holds every document against the schema. */
import type { Operation } from '../core/client.ts';

interface Problem {
  readonly __typename: 'InvalidInput' | 'NotAllowed' | 'NotFound' | 'Conflict' | 'Unavailable';
  readonly code: string;
  readonly what: string;
  readonly remedy: string;
}

type Or<T, N extends string> = (T & { readonly __typename: N }) | Problem;

export type Mode = 'CHANGE' | 'COMPLETE';
export type PlanState = 'OPEN' | 'APPLYING' | 'APPLIED' | 'DISCARDED' | 'UNDONE';
export type Kind =
  | 'ADDED' | 'CHANGED' | 'MOVED' | 'REACTIVATED' | 'DEACTIVATED' | 'SUSPECT' | 'UNIT' | 'LEADER' | 'REJECTED' | 'NOTICE';
export type Counts = Readonly<Record<'added' | 'changed' | 'moved' | 'reactivated' | 'deactivated' | 'suspect' | 'unit' | 'leader' | 'rejected' | 'notice' | 'unchanged', number>>;

export interface Plan {
  readonly id: string;
  readonly state: PlanState;
  readonly mode: Mode;
  readonly title: string;
  readonly below: { readonly name: string } | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly decidedAt: string | null;
  readonly decidedBy: string | null;
  readonly undoneAt: string | null;
  readonly undoneBy: string | null;
  readonly counts: Counts;
  /** What has to be typed before it is applied; null: nothing. */
  readonly confirmation: string | null;
  readonly reasons: readonly { readonly code: string; readonly what: string }[];
  readonly undecidedCount: number;
  readonly outdated: boolean;
  /** Its rows are gone with a person's data. */
  readonly erased: boolean;
  readonly canUndo: boolean;
  readonly undoBlockedBy: { readonly id: string; readonly title: string } | null;
}

export interface Row {
  readonly row: number | null;
  readonly sheet: string | null;
  readonly column: string | null;
  readonly name: string | null;
  readonly email: string | null;
  readonly unitPath: readonly string[] | null;
  readonly action: 'CREATED' | 'OPENED' | 'CLOSED' | 'GAINED' | 'LOST' | 'CHANGED' | null;
  readonly changes: readonly { readonly field: string; readonly label: string; readonly before: string | null; readonly after: string | null }[];
  readonly what: string | null;
  readonly remedy: string | null;
  readonly suspect: { readonly position: number; readonly before: string | null; readonly after: string | null; readonly same: boolean | null } | null;
}

interface Place {
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}

export interface Rows {
  readonly nodes: readonly Row[];
  readonly pageInfo: Place;
  readonly totalCount: number;
}

export type Changes = Pick<Counts, 'added' | 'changed' | 'moved' | 'reactivated' | 'deactivated'>;
export type Entry = Pick<Plan, 'id' | 'state' | 'title' | 'createdAt' | 'createdBy'> & { readonly counts: Changes };

export interface History {
  readonly nodes: readonly Entry[];
  readonly pageInfo: Place;
  readonly totalCount: number;
}

export interface Unit {
  readonly id: string;
  readonly name: string;
  readonly depth: number;
}

type PlanAnswer = Or<Plan, 'ChangePlan'>;

/** How many rows of a plan are shown at once. */
export const PAGE = 50;

const PROBLEM = `... on Problem { code what remedy }`;
const PLACE = `pageInfo { hasNextPage endCursor } totalCount`;
const COUNTS = `counts { added changed moved reactivated deactivated suspect unit leader rejected notice unchanged }`;
const PLAN = `__typename ... on ChangePlan { id state mode title below { name } createdAt createdBy decidedAt decidedBy
  undoneAt undoneBy ${COUNTS} confirmation reasons { code what } undecidedCount outdated erased canUndo undoBlockedBy { id title } } ${PROBLEM}`;

export interface ImportsAnswer {
  readonly viewer: { readonly organization: { readonly timeZone: string } | null };
  readonly changePlans: Or<History, 'ChangePlanConnection'>;
}

export const IMPORTS: Operation<ImportsAnswer, { readonly after?: string }> = {
  name: 'Imports',
  text: `query Imports($after: String) { viewer { organization { timeZone } } changePlans(first: 10, after: $after) { __typename
    ... on ChangePlanConnection { nodes { id state title createdAt createdBy
      counts { added changed moved reactivated deactivated } } ${PLACE} } ${PROBLEM} } }`,
};

export const IMPORT: Operation<{ readonly changePlan: PlanAnswer }, { readonly id: string }> = {
  name: 'Import',
  text: `query Import($id: ID!) { changePlan(id: $id) { ${PLAN} } }`,
};

export const ROWS: Operation<
  { readonly changePlan: Or<{ readonly rows: Rows }, 'ChangePlan'> },
  { readonly id: string; readonly kind: Kind; readonly after?: string }
> = {
  name: 'ImportRows',
  text: `query ImportRows($id: ID!, $kind: ChangeKind!, $after: String) { changePlan(id: $id) { __typename
    ... on ChangePlan { rows(kind: $kind, first: ${PAGE}, after: $after) { nodes { row sheet column name email unitPath action
      changes { field label before after } what remedy suspect { position before after same } } ${PLACE} } } ${PROBLEM} } }`,
};

export const UNITS: Operation<
  { readonly units: { readonly nodes: readonly Unit[]; readonly pageInfo: Place } },
  { readonly first: number; readonly after?: string }
> = {
  name: 'UnitsToChoose',
  text: `query UnitsToChoose($first: Int!, $after: String) { units(first: $first, after: $after) {
    nodes { id name depth } pageInfo { hasNextPage endCursor } } }`,
};

export const CREATE: Operation<
  { readonly createChangePlan: PlanAnswer },
  { readonly input: { readonly upload: string; readonly mode: Mode; readonly below?: string } }
> = {
  name: 'CreateImport',
  text: `mutation CreateImport($input: CreateChangePlanInput!) { createChangePlan(input: $input) { ${PLAN} } }`,
};

export const DECIDE: Operation<
  { readonly decideSuspects: PlanAnswer },
  { readonly input: { readonly plan: string; readonly decisions: readonly { readonly position: number; readonly same: boolean }[] } }
> = {
  name: 'DecideSuspects',
  text: `mutation DecideSuspects($input: DecideSuspectsInput!) { decideSuspects(input: $input) { ${PLAN} } }`,
};

export const APPLY: Operation<{ readonly applyChangePlan: PlanAnswer }, { readonly input: { readonly id: string; readonly confirmation?: string } }> = {
  name: 'ApplyImport',
  text: `mutation ApplyImport($input: ApplyChangePlanInput!) { applyChangePlan(input: $input) { ${PLAN} } }`,
};

export const DISCARD: Operation<{ readonly discardChangePlan: PlanAnswer }, { readonly input: { readonly id: string } }> = {
  name: 'DiscardImport',
  text: `mutation DiscardImport($input: DiscardChangePlanInput!) { discardChangePlan(input: $input) { ${PLAN} } }`,
};

export const UNDO: Operation<{ readonly undoChangePlan: PlanAnswer }, { readonly input: { readonly id: string } }> = {
  name: 'UndoImport',
  text: `mutation UndoImport($input: UndoChangePlanInput!) { undoChangePlan(input: $input) { ${PLAN} } }`,
};
