/** Makes lines of what a program writes, a byte a character; a longer line than `charsMax` is left out, and told as such. */
export function makeLineSplitter(
  charsMax: number,
  onLine: (line: string) => void,
  onTooLong: () => void,
): (bytes: Buffer) => void {
  let rest = ''
  let isSkipping = false
  return (bytes) => {
    const lines = (rest + bytes.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (isSkipping) isSkipping = false
      else if (line.length > charsMax) onTooLong()
      else onLine(line)
    }
    if (rest.length <= charsMax) return
    if (!isSkipping) onTooLong()
    isSkipping = true
    rest = ''
  }
}
