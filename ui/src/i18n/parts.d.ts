/** A part of a language file, by the plugin of `scripts/texts.ts`. */
declare module "*.json?setup" {
  const texts: Readonly<Record<string, string>>;
  export default texts;
}
