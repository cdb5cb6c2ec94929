/** The fast-path worker is replaced while clients wait, and each of its modules is memory once more: it loads what it runs, and no more. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'

const ROOT = join(import.meta.dirname, '..', '..')
/** What only the main thread's transports and upstreams need; `net` and `dgram` may be a test runner's. */
const MAIN_THREADS_ALONE = ['tls', 'http', 'http2']

t.test('the worker loads no transport of the main thread', (t) => {
  // Without its task it ends once everything is loaded.
  const program = `
    import { Worker } from 'node:worker_threads'
    const worker = new Worker(\`
      import { parentPort } from 'node:worker_threads'
      await import('\${process.argv[1]}').catch(() => undefined)
      parentPort.postMessage(process.moduleLoadList)\`, { eval: true })
    worker.on('message', (list) => console.log(JSON.stringify(list)))`
  const worker = join(ROOT, 'src', 'agent', 'fastpath', 'fast-worker.ts')
  const words = ['--input-type=module', '--eval', program, worker]
  const said = execFileSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8' })
  const loaded: unknown = JSON.parse(said)
  if (!Array.isArray(loaded)) throw new Error(said)
  t.ok(loaded.includes('NativeModule os'), 'what it does need is there')
  for (const one of MAIN_THREADS_ALONE) t.notOk(loaded.includes(`NativeModule ${one}`), one)
  t.end()
})
