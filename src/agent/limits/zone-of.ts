/** Labels below a country's top level under which others register: `school.sch.uk` is a zone, `sch.uk` is not. */
const REGISTRIES: ReadonlySet<string> = new Set(
  'ac co com edu gob gov govt ltd mil mod ne net nhs nic or org plc police sch'.split(' '),
)
const COUNTRY_LETTERS = 2

/**
 * Where in a lower-cased wire name the zone begins that somebody has most likely registered: its last two labels, or three
 * below a country's registry. A zone that this takes for a part of a larger one is only counted with others. A name of one label is counted
 * with the root, so that nobody gets a zone of his own by making top levels up. Does not allocate but for names below a country.
 */
export function zoneStart(name: Buffer, nameLength: number): number {
  let [third, second, last] = [0, 0, 0]
  let labels = 0
  for (let at = 0; at < nameLength - 1; at += name[at]! + 1) {
    third = second
    second = last
    last = at
    labels += 1
  }
  if (labels < 2) return nameLength - 1
  const isBelowRegistry =
    labels > 2 && name[last] === COUNTRY_LETTERS && REGISTRIES.has(labelAt(name, second))
  return isBelowRegistry ? third : second
}

function labelAt(name: Buffer, at: number): string {
  return name.toString('latin1', at + 1, at + 1 + name[at]!)
}
