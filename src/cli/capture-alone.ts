import { resolve } from 'node:path'
import { captureSettings } from '#agent/capture/capture-settings.ts'
import { isRefused } from '#agent/policy/config.ts'
import { findConfig, loadConfig } from '#agent/policy/config-source.ts'
import { describeProblem } from '#agent/policy/problem.ts'
import { type CaptureParts, readCapture, startCapturing } from '#capture/capture.ts'
import { INTERFACE_NAME } from '#capture/read-settings.ts'
import { makeReportPipe } from '#capture/report-pipe.ts'
import { CAPTURE_SOURCES, type CaptureSettings } from '#domain/capture-settings.ts'
import { isFailure } from '#domain/failure.ts'
import { findCaptureTools } from '#platform/capture-tools.ts'
import { systemClock } from '#platform/clock.ts'
import { type Invocation, valueOf } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { printable } from './terminal-text.ts'

const SOURCE_REFUSED = `--source is one of ${CAPTURE_SOURCES.join(', ')}`
const NO_INTERFACE =
  'no interface is named: give --interface NAME, or `capture: { interfaces: [...] }` in the configuration'

/** Captures for whoever sits at the terminal, as the configuration and the options say, and prints a JSON line a report. */
export async function captureAlone(invocation: Invocation, stop: Promise<void>): Promise<ExitCode> {
  const { complain, folder } = invocation
  const settings = settingsOf(invocation)
  if (typeof settings === 'number') return settings
  const pipe = makeReportPipe(process.stdout, (report) => `${printable(JSON.stringify(report))}\n`)
  const parts: CaptureParts = {
    settings,
    clock: systemClock,
    tools: findCaptureTools(),
    report: pipe.tell,
    reportsDropped: pipe.dropped,
  }
  const file = valueOf(invocation, 'file')
  if (file !== undefined) {
    await readCapture(parts, resolve(folder, file))
    return EXIT.ok
  }
  if (settings.interfaces.length === 0) {
    complain(NO_INTERFACE)
    return EXIT.usage
  }
  const capture = startCapturing(parts)
  if (isFailure(capture)) {
    complain(`cannot capture: ${printable(capture.detail)}`)
    return EXIT.cannotStart
  }
  await stop
  await capture.close()
  return EXIT.ok
}

function settingsOf(invocation: Invocation): CaptureSettings | ExitCode {
  const { environment, folder, complain, values } = invocation
  const flag = valueOf(invocation, 'config')
  const config = findConfig({ flag, environment: environment.configFile, folder })
  const loaded = loadConfig(config)
  if (isRefused(loaded)) {
    for (const problem of loaded.problems)
      complain(printable(describeProblem(loaded.file, problem)))
    return EXIT.foundWrong
  }
  const settings = captureSettings(loaded)
  const wished = valueOf(invocation, 'source') ?? settings.source
  const source = CAPTURE_SOURCES.find((one) => one === wished)
  const interfaces = values.get('interface') ?? settings.interfaces
  const odd = interfaces.find((name) => !INTERFACE_NAME.test(name))
  if (!source || odd !== undefined) {
    complain(source ? `no interface: ${JSON.stringify(printable(odd ?? ''))}` : SOURCE_REFUSED)
    return EXIT.usage
  }
  return { ...settings, interfaces, source }
}
