/** A part of an element that is fetched only when it is needed, with a stylesheet of its own. */
import type { CSSResult } from 'lit';

export class Part<M extends { readonly sheet: CSSResult }> {
  /** The part, once it is there. */
  here?: M;
  private coming?: Promise<M>;

  constructor(private readonly fetch: () => Promise<M>) {}

  /** Fetch the part, once, and dress `root` with its styles; a failure may be better luck the next time. */
  get(root: HTMLElement | DocumentFragment): Promise<M> {
    this.coming ??= this.fetch().then((found) => {
      (root as ShadowRoot).adoptedStyleSheets.push(found.sheet.styleSheet!);
      return (this.here = found);
    });
    this.coming.catch(() => (this.coming = undefined));
    return this.coming;
  }
}
