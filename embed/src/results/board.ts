/** <sos-board>: result elements that go together to the unit which the reader opens in one of them. */

interface Drilled {
  readonly unit?: string | null;
  readonly area?: string | null;
}

/** The elements that show one unit and can be taken to another. */
const FOLLOWERS = 'sos-summary,sos-areas,sos-heatmap,sos-question,sos-comments';

/**
 * Takes every result element inside to the unit that one of them opens (`sos-drill {unit}`), and
 * `sos-question` to the area that was chosen in another one (`sos-drill {area}`).
 *
 * Attributes: `unit`, where the elements begin; `pages`, on the pages of SOS alone: the address
 * that stands before a unit's id. Then the window's address follows, and with it the parts of the
 * page that the server draws (`data-part`).
 */
export class SosBoard extends HTMLElement {
  static readonly version = SOS_VERSION;

  private here = 'root';
  private control?: AbortController;
  private asked?: XMLHttpRequest;

  connectedCallback(): void {
    this.here = this.getAttribute('unit') || 'root';
    this.control = new AbortController();
    const { signal } = this.control;
    this.addEventListener('sos-drill', (event) => this.drilled((event as CustomEvent<Drilled>).detail), { signal });
    if (!this.pages) return;
    // Where the page began stands in the window's history too, so that one can go back to it.
    history.replaceState({ sosUnit: this.here }, '');
    addEventListener('popstate', ({ state }) => this.go((state as { sosUnit?: string } | null)?.sosUnit ?? this.here), { signal });
  }

  disconnectedCallback(): void {
    this.control?.abort();
    this.asked?.abort();
  }

  private get pages(): string | null {
    return this.getAttribute('pages');
  }

  private drilled({ unit, area }: Drilled): void {
    const wanted = unit === undefined ? this.here : unit ?? 'root';
    const stays = wanted === this.here;
    if (area) this.lookAt(area, stays);
    if (stays) return;
    if (this.pages) history.pushState({ sosUnit: wanted }, '', this.address(wanted));
    this.go(wanted);
  }

  /** Show the statements of an area; who only wanted those is taken there. */
  private lookAt(area: string, there: boolean): void {
    const question = this.querySelector<HTMLElement>('sos-question');
    question?.setAttribute('area', area);
    if (!there) return;
    question?.scrollIntoView();
    question?.focus({ preventScroll: true });
  }

  private go(unit: string): void {
    if (unit === this.here) return;
    this.here = unit;
    for (const element of [this, ...this.querySelectorAll(FOLLOWERS)]) element.setAttribute('unit', unit);
    if (this.pages) this.redraw(this.address(unit));
  }

  private address(unit: string): string {
    return this.pages + (unit === 'root' ? 'organization' : encodeURIComponent(unit));
  }

  /** Bring the server's parts of the page up to date; a document that was fetched so runs no scripts. */
  private redraw(address: string): void {
    this.asked?.abort();
    const asked = (this.asked = new XMLHttpRequest());
    asked.open('GET', address);
    asked.responseType = 'document';
    asked.onload = () => {
      if (asked.status !== 200) return;
      for (const part of document.querySelectorAll<HTMLElement>('[data-part]')) {
        const fresh = asked.responseXML?.querySelector(`[data-part="${part.dataset['part']}"]`);
        if (fresh) part.replaceWith(document.adoptNode(fresh));
      }
    };
    asked.send();
  }
}
