/** Controls (C0, DEL, C1), line separators, and what turns or hides text: bidirectional and zero-width characters. */
const UNSAFE =
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

/** Hostile text made fit for one line of a terminal: what could move the cursor or mislead the eye is shown as `\xNN` or `\u{NNNN}`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const hex = character.charCodeAt(0).toString(16)
    return hex.length > 2 ? `\\u{${hex}}` : `\\x${hex.padStart(2, '0')}`
  })
}

/** JSON for a terminal or a program: valid, indented, and with the same characters escaped. */
export function printableJson(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2) ?? 'null'
  return text.replace(UNSAFE, (character) =>
    // What is left of C0 here is the line feeds of the indentation: within strings they are escaped already.
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
