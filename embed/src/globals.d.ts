/** What the build puts in: see build.mjs. */
declare const SOS_VERSION: string;
declare const SOS_CLOSED: boolean;
/** Files by language and room; the room `core` has what all elements say. */
declare const SOS_LOCALES: Readonly<Record<string, Readonly<Record<string, string>>>>;
/** The room of each element, whose texts it needs. */
declare const SOS_ROOMS: Readonly<Record<string, string>>;
declare const SOS_MODULES: Readonly<Record<string, string>>;

declare module '*.css' {
  const styles: import('lit').CSSResult;
  export default styles;
}
