const REPEAT = /\{(\d+)(?:,(\d*))?\}/y
const NAMED_CLASS = /\[:[^\]]*?:\]/y

/**
 * At most how many instructions an expression compiles to, from its text alone: counted repetition multiplies what it repeats, and
 * compiling is what must not be tried to find that out. Says too much rather than too little, if no text is quoted by `\\Q`.
 */
export function expressionSize(source: string): number {
  const outer: number[] = []
  let total = 3
  let last = 0
  const put = (size: number): void => {
    total += last
    last = size
  }
  for (let at = 0; at < source.length; ) {
    const char = source[at]
    const repeat = char === '{' ? repeatAt(source, at) : undefined
    if (repeat) {
      last = (last + 2) * repeat.times + 2
      at += repeat.length
      continue
    }
    if (char === '\\') {
      put(1)
      at += 2
    } else if (char === '[') {
      put(1)
      at = endOfClass(source, at)
    } else if (char === '(') {
      put(0)
      outer.push(total)
      total = 2
      at += 1
    } else if (char === ')') {
      put(0)
      const inner = total
      total = outer.pop() ?? 0
      last = inner
      at += 1
    } else {
      // Stars and their like belong to what is before them.
      if (char === '*' || char === '+' || char === '?') last += 2
      else put(2)
      at += 1
    }
  }
  return outer.reduce((sum, size) => sum + size, total + last)
}

function repeatAt(
  source: string,
  at: number,
): { readonly times: number; readonly length: number } | undefined {
  REPEAT.lastIndex = at
  const found = REPEAT.exec(source)
  if (!found) return undefined
  const least = Number(found[1])
  return { times: Math.max(1, least + 1, Number(found[2] ?? 0)), length: found[0].length }
}

/** Behind the bracket that closes a class, read as RE2 reads it: one directly at the beginning is itself. */
function endOfClass(source: string, start: number): number {
  let at = start + (source[start + 1] === '^' ? 2 : 1)
  for (let isFirst = true; at < source.length; isFirst = false) {
    if (source[at] === ']' && !isFirst) return at + 1
    NAMED_CLASS.lastIndex = at
    const named = NAMED_CLASS.exec(source)
    if (named) at += named[0].length
    else at += source[at] === '\\' ? 2 : 1
  }
  return at
}
