// The pseudo-language en-XA: accented letters and 40 % more length, placeholders untouched.
const LETTERS = {
  a: 'á', b: 'ƀ', c: 'ç', d: 'ð', e: 'é', f: 'ƒ', g: 'ğ', h: 'ĥ', i: 'í', j: 'ĵ', k: 'ķ', l: 'ļ', m: 'ɱ',
  n: 'ñ', o: 'ó', p: 'þ', q: 'ɋ', r: 'ŕ', s: 'š', t: 'ţ', u: 'ú', v: 'ṽ', w: 'ŵ', x: 'ẋ', y: 'ý', z: 'ž',
  A: 'Á', B: 'Ɓ', C: 'Ç', D: 'Ð', E: 'É', F: 'Ƒ', G: 'Ğ', H: 'Ĥ', I: 'Í', J: 'Ĵ', K: 'Ķ', L: 'Ļ', M: 'Ṁ',
  N: 'Ñ', O: 'Ó', P: 'Þ', Q: 'Ɋ', R: 'Ŕ', S: 'Š', T: 'Ţ', U: 'Ú', V: 'Ṽ', W: 'Ŵ', X: 'Ẋ', Y: 'Ý', Z: 'Ž',
};

/** Return the texts (plural forms too) in the pseudo-language. */
export function pseudo(texts) {
  const each = (entry) => (typeof entry === 'string' ? stretch(entry) : pseudo(entry));
  return Object.fromEntries(Object.entries(texts).map(([key, entry]) => [key, each(entry)]));
}

function stretch(text) {
  const parts = text.split(/(\{[a-z0-9_]+\})/);
  const accented = parts.map((part, at) => (at % 2 ? part : part.replace(/[A-Za-z]/g, (letter) => LETTERS[letter])));
  return `[${accented.join('')}${' ~'.repeat(Math.ceil(text.length * 0.2))}]`;
}
