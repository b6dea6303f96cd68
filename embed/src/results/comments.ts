/** <sos-comments>: what people wrote, by area, to read and to search. */
import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { Client } from '../core/client.ts';
import { heading } from '../core/controls.ts';
import { SosElement } from '../core/element.ts';
import { emptyState } from '../core/states.ts';
import { member, published, resultsOf, where } from './asking.ts';
import { COMMENTS } from './documents.ts';
import type { CommentsData, Prompt } from './types.ts';
import { combined, placeNote } from './wording.ts';
import styles from './comments.css';
import shared from './results.css';

/** Comments of a prompt that are drawn at first. */
const PAGE = 8;

/**
 * Attributes beside the common ones: `area` (only this area's prompt). Event: `sos-select {area}`
 * when the reader chooses one. Parts: heading form button status.
 */
export class SosComments extends SosElement<CommentsData> {
  static override styles = [...SosElement.styles, shared, styles];
  static override reloadOn = ['survey', 'unit', 'area'];
  static override properties: PropertyDeclarations = {
    area: { reflect: true },
    wanted: { state: true },
    chosen: { state: true },
    opened: { state: true },
  };

  declare area?: string;
  /** The words that are searched for. */
  declare wanted: string;
  /** The area that the reader chose; empty: all. */
  declare chosen: string;
  declare opened: ReadonlySet<string>;

  constructor() {
    super();
    this.wanted = '';
    this.chosen = '';
    this.opened = new Set();
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (changed.has('unit') || changed.has('survey')) {
      this.opened = new Set();
      this.chosen = '';
    }
  }

  protected override async load(client: Client, signal: AbortSignal): Promise<CommentsData> {
    const { survey } = await client.query(COMMENTS, { ...where(this), area: this.area }, signal);
    const results = resultsOf(published(survey).results);
    const { comments } = results;
    // One who sees the results but not the comments is told so in their place; that is no failure.
    if (comments.__typename === 'NotAllowed') {
      return { ...results, comments: { prompts: [], hidden: `${comments.what} ${comments.remedy}` } };
    }
    return { ...results, comments: member(comments, 'Comments') };
  }

  protected override draw(data: CommentsData): TemplateResult {
    const { t } = this;
    const { prompts, hidden } = data.comments;
    const written = prompts.filter(({ comments }) => comments.length);
    const [first] = written;
    return html`<div class="head"><div>${heading(this.headingLevel, this.heading ?? t('ui.comments.title'))}<p class="note">${placeNote(data)}</p></div></div>
      ${combined({ name: data.name, group: first?.group ?? data.group }, this.intl)}
      ${written.length ? this.list(written) : emptyState(hidden ?? t('ui.comments.none'))}
      <div class="foot"><p class="note">${written.length && hidden ? `${hidden} ` : ''}${t('ui.comments.protected')}</p></div>`;
  }

  private list(prompts: readonly Prompt[]): TemplateResult {
    const { t } = this;
    const search = new Search(this.wanted, this.intl.tag);
    const asked = prompts.filter(({ areaKey }) => !this.chosen || areaKey === this.chosen);
    const found = asked
      .map((prompt) => ({ prompt, comments: prompt.comments.filter((text) => search.finds(text)) }))
      .filter(({ comments }) => comments.length);
    const total = asked.reduce((sum, { comments }) => sum + comments.length, 0);
    const shown = found.reduce((sum, { comments }) => sum + comments.length, 0);
    return html`${this.controls(prompts)}
      <p class="note count" role="status">${this.wanted.trim() ? t('ui.comments.found', { count: shown, total }) : t('ui.comments.count', { count: total })}</p>
      <div class="content">${found.length
        ? found.map(({ prompt, comments }) => this.prompt(prompt, comments, search))
        : emptyState(t('ui.comments.not_found', { words: this.wanted.trim() }), t('ui.comments.not_found.next'))}</div>`;
  }

  private controls(prompts: readonly Prompt[]): TemplateResult {
    const { t } = this;
    const choose = (event: Event) => {
      this.chosen = (event.target as HTMLSelectElement).value;
      this.emit('sos-select', { area: this.chosen || null });
    };
    return html`<div class="controls" role="search">
      <label class="field"><span>${t('ui.comments.search')}</span>
        <input type="search" autocomplete="off" .value=${this.wanted} part="form"
          @input=${(event: Event) => (this.wanted = (event.target as HTMLInputElement).value)}></label>
      ${prompts.length > 1 ? html`<label class="field"><span>${t('ui.column.area')}</span>
        <select part="form" @change=${choose}><option value="" .selected=${!this.chosen}>${t('ui.comments.all')}</option>
          ${prompts.map(({ areaKey, areaName, comments }) => html`<option value=${areaKey} .selected=${areaKey === this.chosen}>${t('ui.comments.area', { name: areaName, count: comments.length })}</option>`)}
        </select></label>` : nothing}
    </div>`;
  }

  private prompt({ areaKey: area, areaName: name, prompt }: Prompt, comments: readonly string[], search: Search): TemplateResult {
    const all = this.opened.has(area) || comments.length <= PAGE + 2;
    const shown = all ? comments : comments.slice(0, PAGE);
    const open = () => {
      this.opened = new Set([...this.opened, area]);
    };
    const level = Math.min(6, Math.max(2, this.headingLevel ?? 2) + 1);
    return html`<section class="prompt" aria-labelledby="area-${area}">
      <div class="about"><div id="area-${area}" role="heading" aria-level=${level}>${name}</div><p>${prompt}</p></div>
      <div><ul>${shown.map((text) => html`<li dir="auto">${search.parts(text).map(({ words, hit }) => (hit ? html`<mark>${words}</mark>` : words))}</li>`)}</ul>
        ${all ? nothing : html`<button type="button" class="quiet" part="button" @click=${open}>${this.t('ui.comments.more', { count: comments.length - shown.length })}</button>`}</div>
    </section>`;
  }
}

/** Finds words as people type them: upper or lower case, with or without accents, in any place. */
class Search {
  private readonly words: readonly string[];

  constructor(wanted: string, private readonly tag: string) {
    this.words = wanted.split(/\s+/).map((word) => this.plain(word)).filter(Boolean);
  }

  finds(text: string): boolean {
    const plain = this.plain(text);
    return this.words.every((word) => plain.includes(word));
  }

  /** Cut a text where the searched words begin and end. */
  parts(text: string): { words: string; hit: boolean }[] {
    const hits = new Set<number>();
    const { plain, origin } = this.traced(text);
    for (const word of this.words) {
      for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + 1)) {
        for (let step = 0; step < word.length; step += 1) hits.add(origin[at + step] ?? -1);
      }
    }
    const parts: { words: string; hit: boolean }[] = [];
    [...text].forEach((letter, at) => {
      const last = parts.at(-1);
      if (last && last.hit === hits.has(at)) last.words += letter;
      else parts.push({ words: letter, hit: hits.has(at) });
    });
    return parts;
  }

  /** The plain text, and for each of its letters the place of the letter it came from. */
  private traced(text: string): { plain: string; origin: number[] } {
    const origin: number[] = [];
    let plain = '';
    [...text].forEach((letter, at) => {
      const simple = this.plain(letter);
      plain += simple;
      for (let step = 0; step < simple.length; step += 1) origin.push(at);
    });
    return { plain, origin };
  }

  private plain(text: string): string {
    return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase(this.tag === 'en-XA' ? 'en' : this.tag);
  }
}
