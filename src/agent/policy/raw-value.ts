/** Values of the file before any schema has seen them: checks across sections read these, so that a fault elsewhere hides nothing. */

/** The keys of a block; undefined for anything else. */
export function blockOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.fromEntries(Object.entries(value))
}

/** The things in a list; none for anything else. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
