/** The organization's units, to choose one from. */
import type { Client } from '../core/client.ts';
import { UNITS, type Unit } from './documents.ts';

/** More than any organization has, a hundred units each; so that a faulty answer ends somewhere. */
const PAGES = 100;

/** Fetch all units from the top down; none where they cannot be had, and then the list is of all people. */
export async function allUnits(client: Client): Promise<Unit[] | undefined> {
  const found: Unit[] = [];
  let after: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const answer = await client.query(UNITS, { first: 100, after }).catch(() => undefined);
    if (!answer) return undefined;
    const { nodes, pageInfo } = answer.units;
    found.push(...nodes);
    if (!pageInfo.hasNextPage || !pageInfo.endCursor) break;
    after = pageInfo.endCursor;
  }
  return found;
}
