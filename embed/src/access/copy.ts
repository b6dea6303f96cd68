/** <sos-copy>: a field whose text can be copied with one press; without script it is the field alone. */

/**
 * Wraps an `<input readonly>`. Attributes: `label` (what the button says), `done` (what it says
 * once the text is on the clipboard).
 */
export class SosCopy extends HTMLElement {
  static readonly version = SOS_VERSION;

  connectedCallback(): void {
    const field = this.querySelector('input');
    if (!field || this.querySelector('button')) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = this.getAttribute('label');
    button.addEventListener('click', () => void this.copy(field, button));
    this.append(button);
  }

  private async copy(field: HTMLInputElement, button: HTMLButtonElement): Promise<void> {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = this.getAttribute('done');
    } catch {
      // A browser may forbid it; the text is selected, so that the reader can copy it by hand.
    }
  }
}
