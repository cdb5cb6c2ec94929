/** Which letters a font has: its character map (OpenType `cmap`, formats 4 and 12). */
import { fontTable } from './unpack-woff.ts'

/** Of a plain font. Throws where it has no such map: a start-up fault. */
export function fontLetters(font: Buffer): ReadonlySet<number> {
  const map = fontTable(font, 'cmap')
  const letters = new Set<number>()
  for (let index = 0; index < map.readUInt16BE(2); index += 1) {
    const at = map.readUInt32BE(4 + index * 8 + 4)
    const format = map.readUInt16BE(at)
    if (format === 4) addSegments(map.subarray(at), letters)
    if (format === 12) addGroups(map.subarray(at), letters)
  }
  if (letters.size === 0) throw new Error('the font has no map of letters that is understood')
  return letters
}

/** Format 4: segments of the first plane. */
function addSegments(map: Buffer, letters: Set<number>): void {
  const segments = map.readUInt16BE(6) / 2
  const ends = 14
  const starts = ends + segments * 2 + 2
  for (let index = 0; index < segments; index += 1) {
    const [start, end] = [map.readUInt16BE(starts + index * 2), map.readUInt16BE(ends + index * 2)]
    for (let letter = start; letter <= end && letter < 0xffff; letter += 1)
      if (glyphIn(map, segments, index, letter) !== 0) letters.add(letter)
  }
}

function glyphIn(map: Buffer, segments: number, index: number, letter: number): number {
  const starts = 14 + segments * 2 + 2
  const deltas = starts + segments * 2
  const offsets = deltas + segments * 2
  const delta = map.readUInt16BE(deltas + index * 2)
  const offset = map.readUInt16BE(offsets + index * 2)
  if (offset === 0) return (letter + delta) & 0xffff
  const at = offsets + index * 2 + offset + (letter - map.readUInt16BE(starts + index * 2)) * 2
  return at + 2 > map.length ? 0 : map.readUInt16BE(at)
}

/** Format 12: groups of all planes. */
function addGroups(map: Buffer, letters: Set<number>): void {
  for (let index = 0; index < map.readUInt32BE(12); index += 1) {
    const at = 16 + index * 12
    const end = map.readUInt32BE(at + 4)
    for (let letter = map.readUInt32BE(at); letter <= end; letter += 1) letters.add(letter)
  }
}
