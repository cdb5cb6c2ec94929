/** Longer words are not compared: the cost grows with the square. */
const COMPARED_CHARS_MAX = 64

/**
 * The known word that a misspelt one most likely means, or undefined when none is near. Case and `_` for `-` cost
 * nothing, so `safeSearch` and `safe_search` find `safe-search`.
 */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (word.length > COMPARED_CHARS_MAX) return undefined
  const wanted = plain(word)
  const scored = known
    .map((candidate) => ({ candidate, distance: editDistance(wanted, plain(candidate)) }))
    .toSorted((a, b) => a.distance - b.distance)
  const best = scored[0]
  if (!best) return undefined
  return best.distance <= Math.max(1, Math.floor(wanted.length / 3)) ? best.candidate : undefined
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, '')
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
