/** What the survey widgets ask and send; a test holds every document against the schema. */
import type { Operation } from '../core/client.ts';

/** The refusal that comes in the place of what was asked for. */
interface Problem {
  readonly __typename: 'InvalidInput' | 'NotAllowed' | 'NotFound' | 'Conflict' | 'Unavailable';
  readonly code: string;
  readonly what: string;
  readonly remedy: string;
}

type Or<T, N extends string> = (T & { readonly __typename: N }) | Problem;

export interface Option {
  readonly value: number;
  readonly label: string;
}

export interface Area {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly statements: readonly { readonly key: string; readonly text: string }[];
  readonly commentKey: string;
  readonly commentPrompt: string;
}

export interface Activity {
  readonly key: string;
  readonly text: string;
  readonly options: readonly Option[];
}

/** What the server has stored of one respondent's answers; null: cannot judge. */
export interface StoredDraft {
  readonly answers: readonly { readonly key: string; readonly value: number | null }[];
  readonly comments: readonly { readonly key: string; readonly text: string }[];
  readonly sequence: number;
  /** Names these answers; empty: none yet. */
  readonly version: string;
}

export interface Form {
  readonly surveyId: string;
  readonly title: string;
  readonly organizationName: string;
  readonly closesAt: string;
  readonly timeZone: string;
  readonly languages: readonly string[];
  readonly language: string;
  readonly introduction: string | null;
  readonly privacy: {
    readonly title: string;
    readonly sentences: readonly string[];
    readonly minutesLeast: number;
    readonly minutesMost: number;
    readonly longestComment: number;
  };
  readonly scale: readonly Option[];
  readonly cannotJudge: string;
  readonly areas: readonly Area[];
  readonly activityTitle: string;
  readonly activityIntroduction: string;
  readonly activities: readonly Activity[];
  readonly draft: StoredDraft;
  readonly submitted: boolean;
}

const PROBLEM = `... on Problem { code what remedy }`;
const STORED_DRAFT = `{ answers { key value } comments { key text } sequence version }`;

export interface FormAnswer {
  readonly viewer: { readonly personId: string | null };
  readonly ballotForm: Or<Form, 'BallotForm'>;
}

export const FORM: Operation<FormAnswer, { readonly survey?: string; readonly language?: string }> = {
  name: 'BallotFormOf',
  text: `query BallotFormOf($survey: ID, $language: String) { viewer { personId } ballotForm(survey: $survey, language: $language) { __typename
    ... on BallotForm { surveyId title organizationName closesAt timeZone languages language introduction
      privacy { title sentences minutesLeast minutesMost longestComment }
      scale { value label } cannotJudge
      areas { key name description statements { key text } commentKey commentPrompt }
      activityTitle activityIntroduction activities { key text options { value label } }
      draft ${STORED_DRAFT} submitted } ${PROBLEM} } }`,
};

export type StoredAnswer = Pick<Form, 'draft' | 'submitted'>;

/** Only what is stored, to be looked at again after another device may have written. */
export const STORED: Operation<{ readonly ballotForm: Or<StoredAnswer, 'BallotForm'> }, { readonly survey: string }> = {
  name: 'StoredBallot',
  text: `query StoredBallot($survey: ID!) { ballotForm(survey: $survey) { __typename ... on BallotForm { draft ${STORED_DRAFT} submitted } ${PROBLEM} } }`,
};

export interface BallotInput {
  readonly survey: string;
  readonly answers: readonly { readonly key: string; readonly value: number | null }[];
  readonly comments: readonly { readonly key: string; readonly text: string }[];
  /** The version that these answers were made upon. */
  readonly base: string;
}

export type DraftState = 'SAVED' | 'STALE' | 'ALREADY_SUBMITTED';

export interface Saved {
  readonly state: DraftState;
  readonly version: string;
  /** What is stored where the draft was not saved. */
  readonly stored: StoredDraft | null;
}

export interface Receipt {
  readonly code: string;
  readonly version: string;
}

export const SAVE: Operation<
  { readonly saveBallotDraft: Or<Saved, 'BallotSaved'> },
  { readonly input: BallotInput & { readonly sequence: number } }
> = {
  name: 'SaveBallot',
  text: `mutation SaveBallot($input: SaveBallotDraftInput!) { saveBallotDraft(input: $input) { __typename
    ... on BallotSaved { state version stored ${STORED_DRAFT} } ${PROBLEM} } }`,
};

export const SUBMIT: Operation<
  { readonly submitBallot: Or<Receipt, 'BallotReceipt'> },
  { readonly input: BallotInput }
> = {
  name: 'SubmitBallot',
  text: `mutation SubmitBallot($input: SubmitBallotInput!) { submitBallot(input: $input) { __typename
    ... on BallotReceipt { code version } ${PROBLEM} } }`,
};

export type Bound = 'EXACT' | 'AT_MOST' | 'AT_LEAST';

export interface RateValue {
  readonly invited: number;
  /** Null where only a limit is told. */
  readonly finished: number | null;
  /** From 0 to 1; the limit where it is one. */
  readonly share: number;
  readonly bound: Bound;
}

export interface UnitRate {
  readonly unitId: string | null;
  readonly name: string;
  readonly level: string;
  readonly depth: number;
  readonly groupName: string;
  readonly exact: boolean;
  readonly rate: RateValue;
}

export interface Rate {
  readonly surveyId: string;
  readonly overall: RateValue;
  readonly units: readonly UnitRate[];
  readonly daily: readonly { readonly day: string; readonly rate: RateValue }[];
  readonly opensAt: string;
  readonly closesAt: string;
  readonly timeZone: string;
  readonly nextReminderAt: string | null;
  readonly final: boolean;
}

export type RateAnswer = Or<Rate, 'ResponseRate'>;

const RATE = `__typename ... on ResponseRate { surveyId overall { ...V } units { unitId name level depth groupName exact rate { ...V } }
  daily { day rate { ...V } } opensAt closesAt timeZone nextReminderAt final } ${PROBLEM}`;
const VALUE = `fragment V on RateValue { invited finished share bound }`;

/** Absent survey: the one that is open. */
export const RESPONSE_RATE: Operation<
  { readonly survey: { readonly title: string; readonly responseRate: RateAnswer } | null },
  { readonly survey?: string }
> = {
  name: 'ResponseRateOf',
  text: `query ResponseRateOf($survey: ID) { survey(id: $survey, latest: OPEN) { title responseRate { ${RATE} } } } ${VALUE}`,
};

export const RATE_CHANGED: Operation<{ readonly responseRateChanged: RateAnswer }, { readonly survey: string }> = {
  name: 'RateChanged',
  text: `subscription RateChanged($survey: ID!) { responseRateChanged(survey: $survey) { ${RATE} } } ${VALUE}`,
};
