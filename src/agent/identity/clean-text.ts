// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu

/** The longest user or device name that is kept; nobody's is longer, but a liar's. */
const CHARS_MAX = 128

/** A name that a source has told, without what cannot be seen or turns the text around it, and cut. */
export function cleanText(text: string): string {
  return text
    .slice(0, 4 * CHARS_MAX)
    .replaceAll(UNSEEN, '')
    .trim()
    .slice(0, CHARS_MAX)
}
