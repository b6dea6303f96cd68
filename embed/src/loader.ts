/** Loads each SOS element when it comes near the viewport; the provider at once. */
const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) load(target);
  },
  { rootMargin: '200px' },
);

function load(element: Element): void {
  near.unobserve(element);
  const file = SOS_MODULES[element.localName];
  if (file) {
    import(new URL(file, import.meta.url).href).catch(() => {
      element.setAttribute('data-code', 'missing');
      // A network that failed once may work when the reader scrolls here again.
      setTimeout(() => near.observe(element), 5000);
    });
  }
}

function meet(element: Element): void {
  const name = element.localName;
  if (!SOS_MODULES[name] || customElements.get(name)) return;
  element.setAttribute('data-code', 'coming'); // what stands inside meanwhile need not show itself
  if (name === 'sos-provider' || element.getAttribute('loading') === 'eager') load(element);
  else near.observe(element);
}

function search(root: Element | Document): void {
  if (root instanceof Element) meet(root);
  for (const element of root.querySelectorAll(Object.keys(SOS_MODULES).join())) meet(element);
}

new MutationObserver((records) => {
  for (const record of records) {
    for (const node of record.addedNodes) if (node instanceof Element) search(node);
  }
}).observe(document, { childList: true, subtree: true });
search(document);
export {};
