/** Moving through a grid of cells with the keyboard. */

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/**
 * Return the cell that a key leads to, or undefined where the key means nothing: arrows, Home and
 * End within the row, Ctrl with them within the whole grid, Page Up and Page Down by ten rows.
 */
export function moved(event: KeyboardEvent, { row, column }: Cell, size: { rows: number; columns: number }, rtl: boolean): Cell | undefined {
  const far = event.ctrlKey || event.metaKey;
  const [last, end] = [size.rows - 1, size.columns - 1];
  const side = (event.key === 'ArrowRight') === !rtl ? 1 : -1;
  switch (event.key) {
    case 'ArrowUp':
      return { row: Math.max(0, row - 1), column };
    case 'ArrowDown':
      return { row: Math.min(last, row + 1), column };
    case 'ArrowLeft':
    case 'ArrowRight':
      return { row, column: Math.max(0, Math.min(end, column + side)) };
    case 'Home':
      return { row: far ? 0 : row, column: 0 };
    case 'End':
      return { row: far ? last : row, column: end };
    case 'PageUp':
      return { row: Math.max(0, row - 10), column };
    case 'PageDown':
      return { row: Math.min(last, row + 10), column };
    default:
      return undefined;
  }
}
