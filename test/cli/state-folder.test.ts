import { chmodSync, chownSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ensureAppliance } from '#cli/appliance.ts'
import { findState, prepareState } from '#cli/state-folder.ts'
import { readApplianceKey } from '#platform/http-signing.ts'

const NOWHERE = {
  configFile: undefined,
  stateDirectory: undefined,
  notifySocket: undefined,
  sudoUser: undefined,
}
const modeOf = (path: string): number => statSync(path).mode & 0o777

t.test('the flag wins over STATE_DIRECTORY, which wins over ./var beside the program', (t) => {
  const systemd = { ...NOWHERE, stateDirectory: '/var/lib/supercloud-edge' }
  t.equal(findState('s', systemd, '/srv').root, '/srv/s')
  t.equal(findState(undefined, systemd, '/srv').root, '/var/lib/supercloud-edge')
  const program = join(import.meta.dirname, '..', '..')
  t.equal(findState(undefined, NOWHERE, '/srv').root, join(program, 'var'))
  t.equal(findState('/s', NOWHERE, '/').agentSocket, '/s/agent/agent.sock')
  t.equal(findState('/s', NOWHERE, '/').collectorSocket, '/s/collector/collector.sock')
  t.end()
})

t.test('the folders are made for their owner alone', (t) => {
  const state = findState(join(t.testdir({}), 'deep', 'state'), NOWHERE, '/')
  prepareState(state)
  for (const path of [state.root, state.agent, state.collector, state.enrolled, state.cache])
    t.equal(modeOf(path), 0o700, path)
  t.end()
})

t.test('folders that others may enter are closed to them', (t) => {
  const state = findState(t.testdir({ agent: {}, enrolled: {} }), NOWHERE, '/')
  for (const path of [state.root, state.agent, state.enrolled]) chmodSync(path, 0o755)
  prepareState(state)
  for (const path of [state.root, state.agent, state.enrolled]) t.equal(modeOf(path), 0o700, path)
  t.end()
})

t.test('a shared folder is never taken away from others', (t) => {
  const folder = t.testdir({ 'somebody.txt': '' })
  chmodSync(folder, 0o777)
  const state = findState(folder, NOWHERE, '/')
  t.throws(() => prepareState(state), { code: 'EDGE_STATE', message: /holds other things/ })
  t.equal(modeOf(folder), 0o777)
  t.end()
})

t.test(
  "somebody else's folder is refused",
  { skip: process.getuid?.() === 0 ? false : 'only root can give a folder away' },
  (t) => {
    const folder = t.testdir({})
    chownSync(folder, 12_345, 12_345)
    const state = findState(folder, NOWHERE, '/')
    t.throws(() => prepareState(state), { message: /belongs to user 12345, this runs as user 0/ })
    t.end()
  },
)

t.test('a folder that cannot be made is told with its reason', (t) => {
  const folder = t.testdir({ file: 'x' })
  const state = findState(join(folder, 'file', 'state'), NOWHERE, '/')
  t.throws(() => prepareState(state), { code: 'EDGE_STATE', message: /cannot make .*\(ENOTDIR\)/ })
  t.end()
})

t.test('key and enrolment are made once, for their owner alone, and agree', (t) => {
  const state = findState(t.testdir({}), NOWHERE, '/')
  prepareState(state)
  const key = ensureAppliance(state)
  const file = join(state.enrolled, `${key.appliance}.json`)
  t.equal(modeOf(state.applianceKey), 0o600)
  t.equal(modeOf(file), 0o600)
  const enrolment: unknown = JSON.parse(readFileSync(file, 'utf8'))
  t.match(enrolment, { v: 1, appliance: key.appliance, tenant: 'local', publicKey: key.publicKey })
  t.equal(readApplianceKey(readFileSync(state.applianceKey, 'utf8')).appliance, key.appliance)
  writeFileSync(file, '{"changed":"by hand"}')
  chmodSync(state.applianceKey, 0o644)
  t.equal(ensureAppliance(state).appliance, key.appliance)
  t.equal(readFileSync(file, 'utf8'), '{"changed":"by hand"}', 'an enrolment is left as it is')
  t.equal(modeOf(state.applianceKey), 0o600, 'an open key is closed')
  t.notOk(existsSync(`${state.applianceKey}.new`))
  t.end()
})

t.test('a damaged key is never replaced by a new one', (t) => {
  const state = findState(t.testdir({}), NOWHERE, '/')
  prepareState(state)
  writeFileSync(state.applianceKey, 'half a k')
  t.throws(() => ensureAppliance(state), {
    code: 'EDGE_STATE',
    message: /restore it, or remove it/,
  })
  t.equal(readFileSync(state.applianceKey, 'utf8'), 'half a k')
  t.end()
})
