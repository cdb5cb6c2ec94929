/** Loads a snapshot as a start of the agent does, and prints the milliseconds: `node load-child.ts SNAPSHOT`. */
import { loadSnapshot } from '#agent/rules/snapshot-file.ts'
import { isFailure } from '#domain/failure.ts'

const [file = ''] = process.argv.slice(2)
const startedAt = performance.now()
const index = loadSnapshot(file)
const loadMs = performance.now() - startedAt
if (isFailure(index)) throw new Error(index.detail)
process.stdout.write(String(loadMs))
