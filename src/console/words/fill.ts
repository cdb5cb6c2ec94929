/** A text of the catalogue with what belongs at its `{places}`. Throws where a place has nothing: that is a fault of the page. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(PLACE, (_, place: string) => String(valueOf(values, place, text)))
}

/** `{name}`, of letters alone. */
export const PLACE: RegExp = /\{([a-zA-Z]+)\}/g

export function valueOf<V>(values: Readonly<Record<string, V>>, place: string, text: string): V {
  const value = values[place]
  if (value === undefined) throw new TypeError(`nothing for {${place}} in "${text}"`)
  return value
}
