/** A process that emits as fast as it is told and says which events are durable, until somebody kills it. */
import { lookupDraft, openOutbox } from './outbox-support.ts'

const [stateDir = '', collectorUrl = '', keyFile = ''] = process.argv.slice(2)
const { readFileSync } = await import('node:fs')
const outbox = await openOutbox(stateDir, { collectorUrl, keyPem: readFileSync(keyFile, 'utf8') })
let emitted = 0
const pending: string[] = []
setInterval(() => {
  for (let at = 0; at < 20; at++) {
    const draft = lookupDraft()
    pending.push(draft.id)
    outbox.emit(draft)
    emitted++
  }
  const { notDurable } = outbox.counters()
  const durable = emitted - notDurable
  const told = emitted - pending.length
  if (durable > told) process.stdout.write(`${pending.splice(0, durable - told).join('\n')}\n`)
}, 2)
