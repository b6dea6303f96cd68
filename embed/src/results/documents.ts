/** What the result widgets ask the API; a test holds every document against the schema. */
import type { Operation } from '../core/client.ts';
import type { AreasData, CommentsData, Compare, CutsData, HeatmapData, Matrix, Place, QuestionData, Rate, Statement, Step, SummaryData } from './types.ts';

/** Absent survey: the latest published one; absent unit: the highest that the reader may see. */
export interface Where {
  readonly survey?: string;
  readonly unit?: string;
}

/** A member of a result union, or the refusal that came in its place. */
export type Or<T, N extends string> = (T & { readonly __typename: N }) | {
  readonly __typename: 'NotPublished' | 'InvalidInput' | 'NotAllowed' | 'NotFound' | 'Conflict' | 'Unavailable';
  readonly code: string;
  readonly what: string;
  readonly remedy: string;
};

export type Results<T> = Or<T, 'UnitResults'>;

const PROBLEM = `... on Problem { code what remedy }`;
const PLACE = `surveyTitle unitId name level smallestGroup group { key name exact peopleCount }`;
const DIFFERENCE = `{ value reference significant name note }`;
const PERCENTILE = `{ percentile low high organizationCount median sentence }`;
const SCORE = `{ value interval answerCount band bandName hidden group { name }
  parent ${DIFFERENCE} previous ${DIFFERENCE} benchmark ${PERCENTILE} }`;
const AREAS_PART = `${PLACE} previousTitle overall ${SCORE} areas { key name score ${SCORE} }
  hidden { subject text } benchmark { title synthetic note }`;
const STATEMENT = `key areaKey text mean interval answerCount favorable hidden distribution { option label percent }
  group { key name exact peopleCount } parent ${DIFFERENCE} previous ${DIFFERENCE} benchmark ${PERCENTILE}`;

export const AREAS: Operation<{ survey: { results: Results<AreasData> } | null }, Where> = {
  name: 'Areas',
  text: `query Areas($survey: ID, $unit: ID) { survey(id: $survey) { results(unit: $unit) {
    __typename ... on UnitResults { ${AREAS_PART} } ${PROBLEM} } } }`,
};

type StatementMenu = Pick<QuestionData, 'areas'>;

/** The statements there are, to choose one from. */
export const STATEMENTS: Operation<{ survey: { results: Results<StatementMenu> } | null }, Where> = {
  name: 'Statements',
  text: `query Statements($survey: ID, $unit: ID) { survey(id: $survey) { results(unit: $unit) {
    __typename ... on UnitResults { areas { key name statements { key text } } } ${PROBLEM} } } }`,
};

export interface StatementThere extends Place {
  readonly statement: Statement | null;
  readonly breadcrumb: readonly Step[];
}

interface QuestionAnswer {
  readonly survey: {
    readonly results: Results<StatementThere>;
    readonly previous: { readonly results: Results<{ statement: Statement | null }> } | null;
  } | null;
}

/** One statement of a unit, now and in the survey before. */
export const QUESTION: Operation<QuestionAnswer, Where & { readonly key: string }> = {
  name: 'Question',
  text: `query Question($survey: ID, $unit: ID, $key: String!) { survey(id: $survey) {
    results(unit: $unit) { __typename
      ... on UnitResults { ${PLACE} breadcrumb { unitId name visible } statement(key: $key) { ...S } } ${PROBLEM} }
    previous { results(unit: $unit) { __typename ... on UnitResults { statement(key: $key) { ...S } } ${PROBLEM} } }
  } } fragment S on StatementFigures { ${STATEMENT} }`,
};

/** The same statement at another unit. */
export const ELSEWHERE: Operation<{ survey: { results: Results<{ statement: Statement | null }> } | null }, Where & { readonly key: string }> = {
  name: 'Elsewhere',
  text: `query Elsewhere($survey: ID, $unit: ID, $key: String!) { survey(id: $survey) { results(unit: $unit) {
    __typename ... on UnitResults { statement(key: $key) { ${STATEMENT} } } ${PROBLEM} } } }`,
};

interface HeatmapAnswer {
  readonly survey: {
    readonly matrix: Or<Matrix, 'ResultMatrix'>;
    readonly results: Results<HeatmapData['place']>;
  } | null;
}

export const HEATMAP: Operation<HeatmapAnswer, Where & { readonly compare: Compare }> = {
  name: 'Heatmap',
  text: `query Heatmap($survey: ID, $unit: ID, $compare: Comparison!) { survey(id: $survey) {
    matrix(parent: $unit, compare: $compare) { __typename
      ... on ResultMatrix { rowCount compare reference note
        rows { unitIds names levels groupKeys groupNames exact peopleCounts drillable }
        columns { key name scores groups deltas significant } standIns { name } } ${PROBLEM} }
    results(unit: $unit) { __typename
      ... on UnitResults { ${AREAS_PART} breadcrumb { unitId name visible } } ${PROBLEM} } } }`,
};

const CUT_SCORE = `{ value hidden parent ${DIFFERENCE} }`;

export const CUTS: Operation<{ survey: { cuts: Or<CutsData, 'ResultCuts'> } | null }, Where> = {
  name: 'Cuts',
  text: `query Cuts($survey: ID) { survey(id: $survey) { cuts { __typename ... on ResultCuts { surveyTitle organizationName note
    cuts { key name hidden parts { key name hidden overall ${CUT_SCORE} areas { key name score ${CUT_SCORE} } } } } ${PROBLEM} } } }`,
};

type CommentsAnswer = Omit<CommentsData, 'comments'> & { readonly comments: Or<CommentsData['comments'], 'Comments'> };

export const COMMENTS: Operation<{ survey: { results: Results<CommentsAnswer> } | null }, Where & { readonly area?: string }> = {
  name: 'CommentsOf',
  text: `query CommentsOf($survey: ID, $unit: ID, $area: String) { survey(id: $survey) { results(unit: $unit) {
    __typename ... on UnitResults { ${PLACE} comments(area: $area) { __typename
      ... on Comments { hidden prompts { areaKey areaName prompt comments group { key name exact peopleCount } } } ${PROBLEM} } }
    ${PROBLEM} } } }`,
};

interface SummaryAnswer {
  readonly survey: {
    readonly results: Results<Omit<SummaryData, 'rate'>>;
    readonly responseRate: Or<{ overall: Rate; units: readonly { unitId: string | null; exact: boolean; rate: Rate }[] }, 'ResponseRate'>;
  } | null;
}

export const SUMMARY: Operation<SummaryAnswer, Where> = {
  name: 'SummaryOf',
  text: `query SummaryOf($survey: ID, $unit: ID) { survey(id: $survey) {
    results(unit: $unit) { __typename ... on UnitResults { ${PLACE} previousTitle overall ${SCORE} areas { key name score { value group { name } } }
      summary { title headline sentences activities notes strengths { ...A } opportunities { ...A }
        suggestions { areaKey areaName text } }
      hidden { subject text } benchmark { title synthetic note } } ${PROBLEM} }
    responseRate { __typename ... on ResponseRate { overall { ...R } units { unitId exact rate { ...R } } } ${PROBLEM} }
  } } fragment A on SummaryArea { key name score reasons } fragment R on RateValue { invited finished display }`,
};
