const TEXT_MAX = 255

/** Everything that could hide, reorder or break the line it is shown on: controls, format characters, line breaks. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu

/**
 * Hostile text as one visible line: what cannot be seen is spelled as `\u{...}`, what is too long is cut. Escaping for
 * HTML is the templates' work.
 */
export function plainText(text: string, lengthMax: number = TEXT_MAX): string {
  const visible = text.replace(UNSEEN, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`)
  return visible.length > lengthMax ? `${visible.slice(0, lengthMax)}…` : visible
}

/** Hostile text as it stands in a field in which it may be written on: lines stay lines, what cannot be seen is left out. */
export function editableText(text: string): string {
  return text.replace(UNSEEN, (one) => (one === '\n' ? one : ''))
}
