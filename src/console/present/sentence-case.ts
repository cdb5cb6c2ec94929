/** A text that begins with a capital letter, as a sentence does; the rest is left as it is. */
export function sentenceCase(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
