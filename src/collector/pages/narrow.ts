/** What whoever reads numbers can work out of them: each as far as is left of it by what is known of sums. */
import { sumOf, sumOfWays, type Told } from './told.ts'

/** Of numbers by their places in a list. */
export type Rule =
  /** Each of these comes to the same. */
  | { readonly kind: 'same'; readonly ways: readonly (readonly number[])[] }
  | { readonly kind: 'at-most'; readonly parts: readonly number[]; readonly whole: number }

/** More than papers take; whoever stops early has worked out less. */
const ROUNDS_MAX = 50

/** Never says less than is left: what it says may not be left either. */
export function narrow(numbers: readonly Told[], rules: readonly Rule[]): readonly Told[] {
  const left = [...numbers]
  const of = (places: readonly number[]): readonly Told[] =>
    places.flatMap((place) => left.slice(place, place + 1))
  const keep = (places: readonly number[], sum: Told): boolean => {
    let isNews = false
    for (const [index, part] of narrowed(of(places), sum).entries()) {
      const place = places[index] ?? 0
      const before = left[place]
      isNews ||= before?.least !== part.least || before.most !== part.most
      left[place] = part
    }
    return isNews
  }
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const news = rules.map((rule) => {
      if (rule.kind === 'same') {
        const sum = sumOfWays(rule.ways.map(of))
        return rule.ways.map((way) => keep(way, sum)).includes(true)
      }
      const [whole] = of([rule.whole])
      if (whole === undefined) return false
      const { least } = sumOf(of(rule.parts))
      const isWholeNews = keep([rule.whole], { ...whole, least: Math.max(whole.least, least) })
      return keep(rule.parts, { least: 0, most: whole.most }) || isWholeNews
    })
    if (!news.includes(true)) break
  }
  return left
}

/** What is left of parts for whoever knows to what they come together. */
export function narrowed(parts: readonly Told[], sum: Told): readonly Told[] {
  return parts.map(({ least, most }, index) => {
    // Added up anew and not taken from the sum of all: what has no end has none without one of them either.
    const others = sumOf(parts.filter((_, other) => other !== index))
    return {
      least: Math.max(least, sum.least - others.most),
      most: Math.min(most, sum.most - others.least),
    }
  })
}
