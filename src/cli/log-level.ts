const LOG_LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error']

/** What to say of another word. */
export const LOG_LEVEL_REFUSED: string = `--log-level is one of ${LOG_LEVELS.join(', ')}`

/** Whether a word names a level of the log. */
export function isLogLevel(word: string): boolean {
  return LOG_LEVELS.includes(word)
}
