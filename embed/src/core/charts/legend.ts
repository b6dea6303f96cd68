/** What the marks mean, with the marks themselves. */
import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';

export interface LegendItem {
  /** One of the usual marks, or a drawing of 20 by 14 pixels. */
  readonly kind: SVGTemplateResult | 'own' | 'reference' | 'tick' | 'both' | 'hidden' | 'dot' | 'diamond' | 'div-1' | 'div-2' | 'div-3' | 'div-4' | 'div-5';
  readonly label: string;
}

export function legend(items: readonly LegendItem[]): TemplateResult {
  return html`<ul class="legend" part="legend">${items.map(
    ({ kind, label }) => html`<li><svg width="20" height="14" aria-hidden="true">${mark(kind)}</svg>${label}</li>`,
  )}</ul>`;
}

function mark(kind: LegendItem['kind']): SVGTemplateResult {
  if (typeof kind !== 'string') return kind;
  switch (kind) {
    case 'own':
      return svg`<rect class="fill own" y="2" width="20" height="10" rx="3"></rect>`;
    case 'reference':
      return svg`<path class="shape reference" d="M0 7h20"></path>`;
    case 'tick':
      return svg`<path class="mark" d="M10 1v12"></path>`;
    case 'both':
      return svg`<path class="shape reference" d="M0 7h20"></path><path class="mark" d="M10 1v12"></path>`;
    case 'dot':
      return svg`<circle class="dot" cx="10" cy="7" r="6"></circle>`;
    case 'diamond':
      return svg`<path class="diamond" d="M10 1l6 6-6 6-6-6z"></path>`;
    case 'hidden':
      return svg`<path class="hatch-line" d="M2 12L10 2M8 12L16 2"></path>`;
    default:
      return svg`<rect class="div ${kind}" y="1" width="20" height="12" rx="2"></rect>`;
  }
}
