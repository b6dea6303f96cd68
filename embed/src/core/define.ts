/** Registers elements; a page may load SOS twice, and the first registration stays. */

interface Versioned extends CustomElementConstructor {
  readonly version?: string;
}

/** Register `element` as `tag`; warn where another version of SOS was first. */
export function define(tag: string, element: Versioned): void {
  const first = customElements.get(tag) as Versioned | undefined;
  if (!first) {
    customElements.define(tag, element);
  } else if (first.version !== element.version) {
    console.warn(`<${tag}> of SOS ${first.version} is in use; version ${element.version} was loaded too.`);
  }
}
