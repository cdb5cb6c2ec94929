/**
 * Real lists, real load: `npm run load`. 100,000 questions, half of them blocked, by dnsperf; then a second client asks
 * them all again and compares every answer with a naive look-up of the lists. Ends with 1 when one is lost or wrong.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isFailure } from '#domain/failure.ts'
import { startAgentProcess } from '#test/support/agent-process.ts'
import { NO_CLIENT_LIMITS } from '#test/support/no-client-limits.ts'
import { startRealUpstream } from '#test/support/real-upstream.ts'
import { compareAnswers } from './compare-answers.ts'
import { runDnsperf } from './dnsperf.ts'
import { blockAllConfig, makeQuestions, makeRandom } from './school-lists.ts'
import { makeListTree, readNames } from './ut1-tree.ts'

const ADDRESS = '192.0.2.53'

const { values } = parseArgs({
  options: {
    questions: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
})
const folder = mkdtempSync(join(tmpdir(), 'edge-load-'))
const upstream = await startRealUpstream({ everyName: ADDRESS })
if (isFailure(upstream)) throw new Error(upstream.detail)
try {
  process.exitCode = (await run(upstream.port)) ? 0 : 1
} finally {
  await upstream.stop()
  rmSync(folder, { recursive: true, force: true })
}

async function run(upstreamPort: number): Promise<boolean> {
  const tree = makeListTree(join(folder, 'lists'))
  const names = readNames(tree)
  const questions = makeQuestions(names, Number(values.questions), makeRandom(Number(values.seed)))
  const listed = questions.find(({ isBlocked }) => isBlocked)?.name ?? ''
  const agent = await startAgentProcess({
    folder,
    upstreamPorts: [upstreamPort],
    config: { ...blockAllConfig(tree), limits: NO_CLIENT_LIMITS },
    untilBlocked: listed,
  })
  const asked = questions.map(({ name }) => name)
  const load = await runDnsperf({ port: agent.port, file: join(folder, 'questions'), names: asked })
  const compared = await compareAnswers(questions, agent.port, ADDRESS)
  await agent.stop()
  print(
    'lists',
    `${names.size} names, ${tree.isReal ? 'real' : 'made up'}, ${tree.black.length} black folders`,
  )
  print(
    'dnsperf',
    `${load.completed} of ${load.sent} answered, ${load.lost} lost, ${Math.round(load.perSecond)} a second, mean ${load.meanLatencyMs.toFixed(2)} ms`,
  )
  print(
    'compared',
    `${compared.right} right, ${compared.wrongCount} wrong, ${compared.unanswered} unanswered`,
  )
  for (const line of compared.wrong) print('wrong', line)
  return (
    load.lost === 0 && load.completed === questions.length && compared.right === questions.length
  )
}

function print(what: string, text: string): void {
  process.stdout.write(`${what.padEnd(10)}${text}\n`)
}
