const STAR = 0x2a
const ANY_ONE = 0x3f

/**
 * Whether a text matches a glob of bytes: `*` is any bytes, `?` any one. Only the last star is ever gone back to, so it takes
 * at most glob times text steps, whatever both hold. Allocates nothing.
 */
export function matchesGlob(glob: Uint8Array, text: Uint8Array, textLength: number): boolean {
  let at = 0
  let inGlob = 0
  let afterStar = -1
  let retryAt = 0
  while (at < textLength) {
    const wanted = glob[inGlob]
    if (wanted === STAR) {
      afterStar = ++inGlob
      retryAt = at
    } else if (wanted !== undefined && (wanted === ANY_ONE || wanted === text[at])) {
      inGlob += 1
      at += 1
    } else if (afterStar >= 0) {
      inGlob = afterStar
      at = ++retryAt
    } else return false
  }
  while (glob[inGlob] === STAR) inGlob += 1
  return inGlob === glob.length
}
