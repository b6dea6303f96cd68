/** What the build puts in: see build.mjs. */
declare const SOS_VERSION: string;
declare const SOS_CLOSED: boolean;
declare const SOS_LOCALES: Readonly<Record<string, string>>;
declare const SOS_MODULES: Readonly<Record<string, string>>;

declare module '*.css' {
  const styles: import('lit').CSSResult;
  export default styles;
}
