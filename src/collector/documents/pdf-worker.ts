/** Documents are set in a thread of its own: boxes and pages are answered meanwhile. */
import { parentPort } from 'node:worker_threads'
import { lowerPriority } from '#platform/priority.ts'
import { makePdf } from './make-pdf.ts'
import type { FromPdf, ToPdf } from './pdf-messages.ts'
import { loadTypeface } from './typeface.ts'

lowerPriority('below-normal')
const typeface = loadTypeface()

parentPort?.on('message', ({ id, plan }: ToPdf) => {
  makePdf(plan, typeface)
    .then((made) => {
      // Of its own memory, which is handed over and not copied.
      const bytes = new Uint8Array(made)
      const answer: FromPdf = { id, bytes }
      parentPort?.postMessage(answer, [bytes.buffer])
    })
    .catch((error: unknown) => {
      // Ends the thread, by which whoever waits is told.
      throw error
    })
})
