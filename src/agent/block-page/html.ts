/** Text made safe between tags and in quoted attributes (HTML, section 13.1). */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)
}

/**
 * Hostile text for the eye: escaped, on one line, without characters that turn or hide text, isolated so that it cannot turn what
 * stands beside it (HTML, section 4.5.24), cut in its middle.
 */
export function hostileHtml(text: string, charsMax: number): string {
  const characters = Array.from(text.replaceAll(UNSAFE, '\u{fffd}'))
  const half = Math.floor(charsMax / 2)
  const shown =
    characters.length > charsMax
      ? `${characters.slice(0, half).join('')}…${characters.slice(-half).join('')}`
      : characters.join('')
  return `<bdi dir="auto">${escapeHtml(shown)}</bdi>`
}

/** Controls, line separators, and bidirectional and zero-width characters. */
const UNSAFE =
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g
