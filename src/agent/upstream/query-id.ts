import { randomWord } from '#platform/random.ts'

/** An id that nobody can guess (RFC 5452 section 4.3), and never 0: some servers do not tell that from none. */
export function newQueryId(): number {
  let id = randomWord()
  while (id === 0) id = randomWord()
  return id
}
