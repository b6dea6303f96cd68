/** Tokens that the host hands over: it is told when one is needed, and gives the next when it has it. */
import type { Token } from './client.ts';

const PATIENCE = 10_000;
const LIFE = 600_000;

export class Handed {
  private held?: Token;
  private waiting: ((token: Token) => void)[] = [];

  constructor(private readonly ask: () => void) {}

  /** Take a token from the host; whoever waits for one gets it. */
  give(token: string): void {
    this.held = { token, expiresAt: endOf(token) };
    const waiting = this.waiting.splice(0);
    if (waiting.length) {
      for (const take of waiting) take(this.held);
      this.held = undefined;
    }
  }

  /** Return the token that the host gave last, once; ask for another where there is none. */
  readonly next = (): Promise<Token> => {
    const { held } = this;
    this.held = undefined;
    if (held) return Promise.resolve(held);
    return new Promise((resolve, reject) => {
      this.waiting.push(resolve);
      setTimeout(() => {
        // One who has gone must not take the token that comes late.
        this.waiting = this.waiting.filter((one) => one !== resolve);
        reject(new Error('token'));
      }, PATIENCE);
      this.ask();
    });
  };
}

/** Return the end that a token tells itself; the server decides, this is only to ask in time. */
function endOf(token: string): number {
  try {
    const [, payload = ''] = token.split('.');
    const claims = JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/'))) as { exp?: number };
    if (claims.exp) return claims.exp * 1000;
  } catch {
    // Not one that can be read: then it is asked for again after the usual time.
  }
  return Date.now() + LIFE;
}
