/** Texts and formats in the reader's language: JSON catalogs for words, Intl for the rest. */

export type Entry = string | Readonly<Record<string, string>>;
export type Catalog = Readonly<Record<string, Entry>>;
export type Values = Readonly<Record<string, string | number>>;

const catalogs = new Map<string, Promise<Catalog>>();
/** Times as the pages and mails have them: of 24 hours, to the minute. */
const CLOCK = { timeStyle: 'short', hourCycle: 'h23' } as const;
const RELATED: Readonly<Record<string, string>> = { no: 'nb', nn: 'nb', zh: 'zh-Hans' };

/** Return the shipped language for a tag like `sv-SE` or `zh_CN`; English where there is none. */
export function matchLocale(wanted: string): string {
  const tag = wanted.replace('_', '-');
  const known = Object.keys(SOS_LOCALES);
  const [language = ''] = tag.toLowerCase().split('-');
  const find = (name: string) => known.find((each) => each.toLowerCase() === name.toLowerCase());
  return find(tag) ?? find(language) ?? RELATED[language] ?? 'en';
}

/** Return the texts of a shipped language: those that all elements share, and those of one room. */
export async function loadCatalog(tag: string, base: string, room = 'core'): Promise<Catalog> {
  const files = SOS_LOCALES[tag] ?? {};
  const wanted = [...new Set(['core', room])].flatMap((name) => files[name] ?? []);
  const parts = await Promise.all(wanted.map((file) => fetchTexts(new URL(file, base).href)));
  return Object.assign({}, ...parts) as Catalog;
}

/** Fetch a file of texts, once a page. */
function fetchTexts(url: string): Promise<Catalog> {
  let catalog = catalogs.get(url);
  if (!catalog) {
    catalog = fetch(url).then((response) => {
      if (!response.ok) throw new TypeError(url);
      return response.json() as Promise<Catalog>;
    });
    catalog.catch(() => catalogs.delete(url));
    catalogs.set(url, catalog);
  }
  return catalog;
}

/** The words and formats of one language; `t` never fails, a missing key shows itself. */
export class Locale {
  readonly tag: string;
  private readonly texts: Catalog;
  private readonly formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();
  private readonly plurals: Intl.PluralRules;

  constructor(tag: string, texts: Catalog) {
    this.tag = tag;
    this.texts = texts;
    this.plurals = new Intl.PluralRules(this.intl);
  }

  /** Return a text with its placeholders filled; `count` chooses the plural form. */
  t = (key: string, values: Values = {}): string => {
    const entry = this.texts[key] ?? key;
    const form = typeof entry === 'string' ? entry : this.form(entry, Number(values['count']));
    return form.replace(/\{(\w+)\}/g, (hole, name: string) => {
      const value = values[name];
      return typeof value === 'number' ? this.number(value) : (value ?? hole);
    });
  };

  has = (key: string): boolean => key in this.texts;

  number(value: number, decimals?: number): string {
    return this.numbers({ minimumFractionDigits: decimals, maximumFractionDigits: decimals ?? 2 }).format(value);
  }

  /** Return a share (0–1) as a percentage, for example `73 %` in Swedish. */
  percent(share: number, decimals = 0): string {
    return this.numbers({ style: 'percent', maximumFractionDigits: decimals }).format(share);
  }

  /** Return a difference with its sign, for example `+4` or `−3`. */
  signed(value: number, decimals = 0): string {
    return this.numbers({
      signDisplay: 'exceptZero',
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    }).format(value).replace('-', '\u2212');
  }

  /** Return the last second of a day (`2026-03-02`) in a time zone, in milliseconds since 1970. */
  endOf(day: string, zone: string): number {
    const end = Date.parse(`${day}T23:59:59Z`);
    try {
      // What a clock there shows at that instant of Greenwich is as far off as the zone is.
      const there = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(end);
      return 2 * end - Date.parse(`${there.replace(' ', 'T')}Z`);
    } catch {
      return end; // the browser does not know the zone
    }
  }

  /** Return a day (`2026-03-02`, which belongs to no time zone) or an instant as a day. */
  date(value: string | Date, style: 'long' | 'medium' = 'medium'): string {
    const isDay = typeof value === 'string' && value.length === 10;
    return this.dates({ dateStyle: style, ...(isDay ? { timeZone: 'UTC' } : {}) }).format(new Date(value));
  }

  /** Return a day without its year, for example `7 mars` in Swedish, as axes have it. */
  dayOfMonth(value: Date): string {
    return this.dates({ day: 'numeric', month: 'short' }).format(value);
  }

  /** Return an instant as day and time; those of `zone` where given, named where the reader's clock differs. */
  dateTime(value: string | Date, zone?: string): string {
    const instant = new Date(value);
    const here = this.dates({ dateStyle: 'medium', ...CLOCK }).format(instant);
    if (!zone) return here;
    try {
      const there = this.dates({ dateStyle: 'medium', ...CLOCK, timeZone: zone }).format(instant);
      return there === here ? here : `${there} (${this.zone(instant, zone)})`;
    } catch {
      return here; // the browser does not know the zone
    }
  }

  time(value: string | Date): string {
    return this.dates(CLOCK).format(new Date(value));
  }

  private zone(instant: Date, zone: string): string {
    const parts = this.dates({ timeZone: zone, timeZoneName: 'short' }).formatToParts(instant);
    return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
  }

  /** Return sentences, or parts of such, after each other: each with a capital letter and a full stop. */
  sentences(parts: readonly string[]): string {
    const chinese = this.tag.startsWith('zh');
    const whole = parts.map(([first = '', ...rest]) => {
      const words = first.toLocaleUpperCase(this.intl) + rest.join('');
      return /[.!?。！？]$/.test(words) ? words : words + (chinese ? '。' : '.');
    });
    return whole.join(chinese ? '' : ' ');
  }

  /** Return the words as a list, for example `A, B and C`. */
  list(words: readonly string[]): string {
    return new Intl.ListFormat(this.intl, { type: 'conjunction' }).format(words);
  }

  private get intl(): string {
    return this.tag === 'en-XA' ? 'en' : this.tag;
  }

  private form(forms: Readonly<Record<string, string>>, count: number): string {
    return forms[this.plurals.select(count)] ?? forms['other'] ?? '';
  }

  private numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
    return this.format(options, () => new Intl.NumberFormat(this.intl, options)) as Intl.NumberFormat;
  }

  private dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    return this.format(options, () => new Intl.DateTimeFormat(this.intl, options)) as Intl.DateTimeFormat;
  }

  private format<F extends Intl.NumberFormat | Intl.DateTimeFormat>(options: object, make: () => F): F {
    const key = JSON.stringify(options);
    const known = this.formats.get(key) as F | undefined;
    if (known) return known;
    const made = make();
    this.formats.set(key, made);
    return made;
  }
}
