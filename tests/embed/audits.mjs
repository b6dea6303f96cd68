// Runs every audit of graphql-http against a server: node audits.mjs ADDRESS TOKEN.
// Prints one JSON array of {id, name, status, reason}.
import { auditServer } from 'graphql-http';

const [url, token] = process.argv.slice(2);
const results = await auditServer({
  url,
  fetchFn: (address, options = {}) => {
    const headers = new Headers(options.headers);
    headers.set('authorization', `Bearer ${token}`);
    return fetch(address, { ...options, headers });
  },
});
const told = results.map(({ id, name, status, reason }) => ({ id, name, status, reason }));
console.log(JSON.stringify(told));
