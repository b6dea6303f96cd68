/** <sos-import>: a file of people becomes a plan that one reads, carries out, and can undo. */
import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { Client, Operation } from '../core/client.ts';
import { SosElement } from '../core/element.ts';
import { asFailure, expectMember, type FailureDetail } from '../core/failure.ts';
import { Part } from '../core/part.ts';
import { errorState, loadingState } from '../core/states.ts';
import { IMPORTS, type History, type Kind, type Mode, type Plan, type Rows, type Unit } from './documents.ts';
import type { Sending } from './sending-view.ts';
import { startView } from './start-view.ts';
import { allUnits } from './units.ts';
import figure from '../core/figure.css';
import styles from './import.css';

type Reviewing = typeof import('./review.ts');

/** How long a plan that is being carried out is left alone. */
const AGAIN_MS = 2000;

/** What is shown: the plans so far, and the one that is open. */
export interface ImportData {
  readonly history: History;
  readonly plan?: Plan;
  readonly rows?: Rows;
  /** Time zone of the organization; absent: the reader's. */
  readonly zone?: string;
}

/**
 * Attributes: the common ones and `plan` (the id of a plan to open). Events: `sos-select {plan}`
 * when a plan is opened or left, `sos-invalidate {topic}` when people have changed. Parts: heading
 * table cell form button status error.
 */
export class SosImport extends SosElement<ImportData> {
  static override styles = [...SosElement.styles, figure, styles];
  static override reloadOn = ['plan'];
  static override properties: PropertyDeclarations = {
    plan: { reflect: true },
    mode: { state: true },
    below: { state: true },
    units: { state: true },
    sending: { state: true },
    refusal: { state: true },
    kind: { state: true },
    page: { state: true },
    typed: { state: true },
    asking: { state: true },
    acting: { state: true },
  };

  declare plan?: string;
  declare mode: Mode;
  /** The unit that a complete list is about; empty: the organization. */
  declare below: string;
  declare units?: readonly Unit[];
  declare sending?: Sending;
  declare refusal?: FailureDetail;
  declare kind?: Kind;
  /** The rows on screen, and the cursors of the pages before. */
  declare page?: { readonly rows: Rows; readonly cursors: readonly string[] };
  declare typed: string;
  declare asking: boolean;
  declare acting: boolean;

  private shown?: Plan;
  private older: History['nodes'] = [];
  private end: string | null = null;
  private readonly reviewing = new Part<Reviewing>(() => import('./review.ts'));
  private leaving?: AbortController;
  private looking?: ReturnType<typeof setTimeout>;
  private looks = 0; // of several answers with rows only the last one that was asked for is shown
  /** Another view has come: the reader is taken to its heading. */
  private turned = false;

  constructor() {
    super();
    this.mode = 'CHANGE';
    this.below = '';
    this.typed = '';
    this.asking = false;
    this.acting = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.leaving?.abort();
    clearTimeout(this.looking);
  }

  override updated(changed: PropertyValues): void {
    if (changed.has('kind')) this.renderRoot.querySelector('[role=tab][aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    const title = this.renderRoot.querySelector<HTMLElement>('.title');
    if (!this.turned || !title) return;
    this.turned = false;
    title.tabIndex = -1;
    title.focus();
  }

  protected override async load(client: Client, signal: AbortSignal): Promise<ImportData> {
    const [{ changePlans, viewer }] = await Promise.all([client.query(IMPORTS, {}, signal), this.fetchPlan(client, signal)]);
    this.older = [];
    return { history: expectMember(changePlans, 'ChangePlanConnection'), zone: viewer.organization?.timeZone };
  }

  /** Fetch the plan that is asked for; where there is none, the list comes with the reason. */
  private async fetchPlan(client: Client, signal: AbortSignal): Promise<void> {
    const id = this.plan;
    if (!id || (id === this.shown?.id && this.shown.state !== 'APPLYING')) return;
    try {
      const { changePlan } = await client.query((await this.fetched()).IMPORT, { id }, signal);
      await this.adopt(expectMember(changePlan, 'ChangePlan'));
    } catch (thrown) {
      if (signal.aborted) return;
      this.plan = undefined;
      this.refusal = asFailure(thrown);
    }
  }

  protected override draw(data: ImportData): TemplateResult {
    const plan = this.data?.plan ?? (this.plan ? this.shown : undefined);
    if (this.plan && !plan) return loadingState(this.t('ui.loading'));
    const trouble = this.refusal ? errorState(this.refusal, this.intl) : nothing;
    if (!plan) {
      const history = { ...data.history, nodes: [...data.history.nodes, ...this.older] };
      return startView({ ...this.choices(), history, trouble, zone: data.zone, locale: this.intl, level: this.headingLevel, heading: this.heading, more: this.more(history) });
    }
    const reviewing = this.reviewing.here;
    if (!reviewing) {
      void this.fetched().then(() => this.requestUpdate());
      return loadingState(this.t('ui.loading'));
    }
    return html`${trouble}${reviewing.planView({
      ...{ plan, zone: data.zone, locale: this.intl, level: this.headingLevel },
      kind: this.kind ?? reviewing.kindsOf(plan)[0],
      rows: this.page?.rows ?? this.data?.rows,
      start: (this.page?.cursors.length ?? 0) * reviewing.PAGE,
      busy: this.acting,
      typed: this.typed,
      asking: this.asking,
      waiting: loadingState(this.t('ui.loading')),
      rejections: (ending: string) => this.file(`rejections/${encodeURIComponent(plan.id)}.${ending}`),
      act: this.acts(plan, reviewing),
    })}`;
  }

  private choices() {
    const { below, mode, units } = this;
    const view = this.reviewing.here?.sendingView;
    return {
      ...{ below, mode, units },
      sending: this.sending && view?.(this.sending, this.intl, () => this.cancel()),
      template: (ending: string) => this.file(`people-template.${ending}`),
      take: (mode: Mode) => this.take(mode),
      limit: (unit: string) => (this.below = unit),
      send: (file: File) => void this.send(file),
      open: (id: string) => this.open(id),
    };
  }

  private file(name: string): string {
    return new URL(`/files/${name}`, this.client?.options.endpoint ?? document.baseURI).href;
  }

  private acts(plan: Plan, { APPLY, DECIDE, DISCARD, UNDO }: Reviewing) {
    const input = { id: plan.id };
    const confirmation = plan.confirmation ? { confirmation: this.typed.trim() } : {};
    return {
      look: (kind: Kind) => void this.look(plan.id, kind),
      turn: (by: 1 | -1) => void this.turn(plan.id, by),
      decide: (position: number, same: boolean) => void this.act(DECIDE, { input: { plan: plan.id, decisions: [{ position, same }] } }, false),
      type: (text: string) => (this.typed = text),
      apply: () => void this.act(APPLY, { input: { ...input, ...confirmation } }),
      discard: () => void this.act(DISCARD, { input }),
      ask: (asking: boolean) => (this.asking = asking),
      undo: () => void this.act(UNDO, { input }),
      open: (id: string) => this.open(id),
      leave: () => this.open(),
    };
  }

  private take(mode: Mode): void {
    this.mode = mode;
    if (mode === 'COMPLETE' && !this.units && this.client) void allUnits(this.client).then((units) => (this.units = units));
  }

  private more(history: History): (() => void) | undefined {
    if (history.nodes.length >= history.totalCount) return undefined;
    const end = this.older.length ? this.end : history.pageInfo.endCursor;
    return () => void this.attempt(async (client) => {
      const { changePlans } = await client.query(IMPORTS, { after: end ?? undefined });
      const { nodes, pageInfo } = expectMember(changePlans, 'ChangePlanConnection');
      this.older = [...this.older, ...nodes];
      this.end = pageInfo.endCursor;
    });
  }

  private cancel(): void {
    this.leaving?.abort();
    this.sending = undefined;
  }

  /** Upload a file and have it compared with what is known. */
  private async send(file: File): Promise<void> {
    this.leaving?.abort();
    const { signal } = (this.leaving = new AbortController());
    this.sending = { name: file.name, share: 0 };
    const below = this.mode === 'COMPLETE' && this.below ? { below: this.below } : {};
    await this.attempt(async (client) => {
      const progress = (share: number) => (this.sending = { name: file.name, share });
      const { CREATE, upload } = await this.fetched();
      const uploadId = await upload(client, file, { signal, progress });
      this.sending = { name: file.name, share: 1 };
      const { createChangePlan } = await client.mutate(CREATE, { input: { upload: uploadId, mode: this.mode, ...below } }, signal);
      await this.adopt(expectMember(createChangePlan, 'ChangePlan'));
    }, signal);
    if (!signal.aborted) this.sending = undefined;
  }

  /** Open a plan of the list, or go back to the list. */
  private open(id?: string): void {
    this.refusal = undefined;
    this.shown = undefined;
    this.plan = id;
    this.turned = true;
    this.emit('sos-select', { plan: id ?? null });
  }

  /** Show a plan that the server has just given; its rows follow. */
  private async adopt(plan: Plan, look = true): Promise<void> {
    const view = await this.fetched();
    const other = plan.id !== this.shown?.id;
    if (!other && plan.state !== this.shown?.state && this.shown?.state === 'APPLYING') this.emit('sos-invalidate', { topic: 'people' });
    this.shown = plan;
    this.asking = false;
    clearTimeout(this.looking);
    if (plan.state === 'APPLYING') this.looking = setTimeout(() => void this.refresh(), AGAIN_MS);
    if (other) {
      this.typed = '';
      this.page = undefined;
      this.turned = true;
      this.plan = plan.id;
      this.emit('sos-select', { plan: plan.id });
    }
    const kinds = view.kindsOf(plan);
    const kind = !other && this.kind && kinds.includes(this.kind) ? this.kind : kinds[0];
    if (kind && look) await this.look(plan.id, kind, other ? [] : this.page?.cursors);
    this.requestUpdate();
  }

  private async look(id: string, kind: Kind, cursors: readonly string[] = []): Promise<void> {
    if (kind !== this.kind) this.page = undefined;
    this.kind = kind;
    const look = ++this.looks;
    await this.attempt(async (client) => {
      const { ROWS } = await this.fetched();
      const { changePlan } = await client.query(ROWS, { id, kind, after: cursors.at(-1) });
      const { rows } = expectMember(changePlan, 'ChangePlan');
      if (look === this.looks) this.page = { rows, cursors };
    });
  }

  private async turn(id: string, by: 1 | -1): Promise<void> {
    const { page, kind } = this;
    if (!page || !kind) return;
    const { cursors, rows } = page;
    await this.look(id, kind, by > 0 ? [...cursors, rows.pageInfo.endCursor ?? ''] : cursors.slice(0, -1));
  }

  /** Do something with the plan, and show what has become of it. */
  private async act<V>(operation: Operation<object, V>, variables: V, changes = true): Promise<void> {
    this.acting = true;
    await this.attempt(async (client) => {
      const answer = (await client.mutate(operation, variables)) as Record<string, { __typename: string }>;
      await this.adopt(expectMember(Object.values(answer)[0]!, 'ChangePlan') as unknown as Plan);
      if (!changes) return;
      this.emit('sos-invalidate', { topic: 'people' });
      await this.refresh();
    });
    this.acting = false;
  }

  /** Try something; the refusal stands above what is shown, and everything else stays. */
  private async attempt(work: (client: Client) => Promise<void>, signal?: AbortSignal): Promise<void> {
    const { client } = this;
    if (!client) return;
    this.refusal = undefined;
    try {
      await work(client);
    } catch (thrown) {
      if (signal?.aborted) return;
      this.refusal = asFailure(thrown);
      this.emit('sos-error', { code: this.refusal.code, retryable: this.refusal.retryable });
    }
    this.requestUpdate();
  }

  private fetched(): Promise<Reviewing> {
    return this.reviewing.get(this.renderRoot);
  }
}
