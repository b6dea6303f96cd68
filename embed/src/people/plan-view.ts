/** A change plan to be read, then carried out, put away or undone. */
import { html, nothing, type TemplateResult } from 'lit';
import { heading, tabs } from '../core/controls.ts';
import type { Locale } from '../core/locale.ts';
import { PAGE, type Kind, type Plan, type Rows } from './documents.ts';
import { planRows } from './plan-rows.ts';

/** In the order of reading: people first, then what was not used, then what follows from it. */
const KINDS: readonly Kind[] = ['ADDED', 'CHANGED', 'MOVED', 'REACTIVATED', 'DEACTIVATED', 'SUSPECT', 'REJECTED', 'NOTICE', 'UNIT', 'LEADER'];
const PEOPLE = ['added', 'changed', 'moved', 'reactivated', 'deactivated'] as const;

export interface Review {
  readonly plan: Plan;
  readonly kind?: Kind;
  readonly rows?: Rows;
  /** How many rows stand before this page. */
  readonly start: number;
  /** Time zone of what is dated. */
  readonly zone?: string;
  readonly locale: Locale;
  readonly level?: number;
  readonly busy: boolean;
  /** What was typed to confirm, or a question whether to undo that is open. */
  readonly typed: string;
  readonly asking: boolean;
  /** What stands in the place of rows that are on their way. */
  readonly waiting: TemplateResult;
  /** Where the rows that cannot be used are, as a file to take along. */
  readonly rejections: (ending: string) => string;
  readonly act: Acts;
}

export interface Acts {
  readonly look: (kind: Kind) => void;
  readonly turn: (by: 1 | -1) => void;
  readonly decide: (position: number, same: boolean) => void;
  readonly type: (text: string) => void;
  readonly apply: () => void;
  readonly discard: () => void;
  readonly ask: (open: boolean) => void;
  readonly undo: () => void;
  readonly open: (id: string) => void;
  readonly leave: () => void;
}

export function kindsOf({ counts }: Plan): Kind[] {
  return KINDS.filter((kind) => counts[kind.toLowerCase() as keyof Plan['counts']] > 0);
}

/** How many people a plan changes. */
export function changesOf({ counts }: Pick<Plan, 'counts'>): number {
  return PEOPLE.reduce((sum, kind) => sum + counts[kind], 0);
}

export function planView(review: Review): TemplateResult {
  const { act, kind, level, locale, plan } = review;
  const { t } = locale;
  const kinds = kindsOf(plan);
  const options = kinds.map((key) => ({ key, label: t(`ui.import.tab.${key.toLowerCase()}`, { count: countOf(plan, key) }) }));
  return html`<button type="button" class="quiet back" part="button" @click=${act.leave}>${t('ui.import.all')}</button>
    <div class="head"><div>${heading(level, plan.title)}<p class="note">${about(review)}</p></div>
      <span class="tag ${plan.state.toLowerCase()}">${t(`ui.import.state.${plan.state.toLowerCase()}`)}</span></div>
    ${summary(review)}
    ${attention(review)}
    ${kinds.length ? html`${tabs(options, { chosen: kind ?? '', label: t('ui.import.changes'), choose: (key) => act.look(key as Kind) })}
      <div id="panel" role="tabpanel" aria-labelledby="tab-${kind}" class="content">${panel(review)}</div>` : nothing}
    ${plan.state === 'OPEN' ? decisions(review) : plan.state === 'APPLIED' ? undoing(review) : nothing}`;
}

function countOf({ counts }: Plan, kind: Kind): number {
  return counts[kind.toLowerCase() as keyof Plan['counts']];
}

function about({ plan: { mode, below, createdAt, createdBy }, locale, zone }: Review): string {
  const { t } = locale;
  const taken = mode === 'CHANGE' ? t('ui.import.mode.change') : below ? t('ui.import.complete_of', { unit: below.name }) : t('ui.import.mode.complete');
  return `${taken} · ${t('ui.import.by', { name: createdBy, when: locale.dateTime(createdAt, zone) })}`;
}

/** Counts of people at a glance, and one sentence on where things stand. */
function summary({ locale, plan, zone }: Review): TemplateResult {
  const { t } = locale;
  const total = changesOf(plan);
  const by = { name: (plan.undoneBy ?? plan.decidedBy) || '', when: locale.dateTime(plan.undoneAt ?? plan.decidedAt ?? plan.createdAt, zone) };
  const stands = plan.state === 'OPEN' ? t(total || kindsOf(plan).length ? 'ui.import.stands.open' : 'ui.import.stands.empty') : t(`ui.import.stands.${plan.state.toLowerCase()}`, by);
  return html`<p class="stands" role="status">${stands}</p>
    <dl class="counts">${PEOPLE.map((key) => html`<div class=${plan.counts[key] ? key : 'none'}><dd>${locale.number(plan.counts[key])}</dd><dt>${t(`ui.import.kind.${key}`)}</dt></div>`)}
      <div class="none"><dd>${locale.number(plan.counts.unchanged)}</dd><dt>${t('ui.import.unchanged')}</dt></div></dl>`;
}

/** What should be looked at before anything else. */
function attention({ act, locale, plan }: Review): unknown {
  if (plan.state !== 'OPEN') return nothing;
  const { t } = locale;
  const { rejected } = plan.counts;
  const points = [
    ...(plan.outdated ? [html`<li><p>${t('ui.import.outdated')}</p></li>`] : []),
    ...(plan.undecidedCount ? [html`<li><p>${t('ui.import.undecided', { count: plan.undecidedCount })}</p>
      <button type="button" part="button" @click=${() => act.look('SUSPECT')}>${t('ui.import.decide')}</button></li>`] : []),
    ...(rejected ? [html`<li><p>${t('ui.import.rejected', { count: rejected })}</p>
      <button type="button" part="button" @click=${() => act.look('REJECTED')}>${t('ui.import.look')}</button></li>`] : []),
  ];
  return points.length ? html`<ul class="attention">${points}</ul>` : nothing;
}

function panel({ act, kind, locale, plan, rejections, rows, start, waiting }: Review): TemplateResult {
  const { t } = locale;
  if (!kind || !rows) return waiting;
  const end = start + rows.nodes.length;
  return html`<p class="note hint">${t(`ui.import.hint.${kind.toLowerCase()}`)}${kind === 'REJECTED' ? html` ${t('ui.import.rejections')} <a href=${rejections('xlsx')} download>Excel</a> · <a href=${rejections('csv')} download>CSV</a>` : nothing}</p>
    ${planRows({ kind, rows: rows.nodes, locale, decide: plan.state === 'OPEN' ? act.decide : undefined })}
    ${rows.totalCount > PAGE ? html`<nav class="pager" aria-label=${t('ui.import.pages')}>
      <button type="button" part="button" ?disabled=${!start} @click=${() => act.turn(-1)}>${t('ui.import.earlier')}</button>
      <p class="note" role="status">${t('ui.import.range', { from: start + 1, to: end, total: rows.totalCount })}</p>
      <button type="button" part="button" ?disabled=${!rows.pageInfo.hasNextPage} @click=${() => act.turn(1)}>${t('ui.import.later')}</button></nav>` : nothing}`;
}

/** Carry out or put away; what has to be typed stands right before the button. */
function decisions({ act, busy, locale, plan, typed }: Review): TemplateResult {
  const { t } = locale;
  const useful = kindsOf(plan).some((kind) => kind !== 'REJECTED' && kind !== 'NOTICE');
  const blocked = busy || plan.outdated || plan.undecidedCount > 0 || (plan.confirmation !== null && typed.trim() !== plan.confirmation);
  return html`<div class="decide">
    ${plan.confirmation ? html`<div class="confirm"><ul>${plan.reasons.map(({ what }) => html`<li>${what}</li>`)}</ul>
      <label class="field"><span>${t('ui.import.confirm', { word: plan.confirmation })}</span>
        <input part="form" inputmode="numeric" autocomplete="off" .value=${typed} @input=${(event: Event) => act.type((event.target as HTMLInputElement).value)}></label></div>` : nothing}
    <div class="actions">
      ${useful ? html`<button type="button" class="primary" part="button" ?disabled=${blocked} @click=${act.apply}>${changesOf(plan) ? t('ui.import.apply', { count: changesOf(plan) }) : t('ui.import.apply_all')}</button>` : nothing}
      <button type="button" part="button" ?disabled=${busy} @click=${act.discard}>${t('ui.import.discard')}</button>
    </div></div>`;
}

/** Undo, or the later plan that stands in its way, by name. */
function undoing({ act, asking, busy, locale, plan }: Review): TemplateResult {
  const { t } = locale;
  const { undoBlockedBy: blocker } = plan;
  if (blocker && !plan.erased) {
    return html`<div class="decide"><p class="note">${t('ui.import.blocked', { title: blocker.title })}</p>
      <div class="actions"><button type="button" part="button" @click=${() => act.open(blocker.id)}>${t('ui.import.open', { title: blocker.title })}</button></div></div>`;
  }
  if (plan.erased) return html`<div class="decide"><p class="note">${t('ui.import.erased')}</p></div>`;
  if (!plan.canUndo) return html``;
  return html`<div class="decide">${asking ? html`<p>${t('ui.import.undo.ask')}</p>
    <div class="actions"><button type="button" class="primary" part="button" ?disabled=${busy} @click=${act.undo}>${t('ui.import.undo.do')}</button>
      <button type="button" part="button" @click=${() => act.ask(false)}>${t('ui.cancel')}</button></div>`
    : html`<div class="actions"><button type="button" part="button" @click=${() => act.ask(true)}>${t('ui.import.undo')}</button></div>`}</div>`;
}
