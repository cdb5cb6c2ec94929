import { createConnection, type Socket } from 'node:net'
import { resolve } from 'node:path'
import { standardOutput } from '#capture/report-pipe.ts'
import { serveAgent } from '#capture/serve-agent.ts'
import { findCaptureTools } from '#platform/capture-tools.ts'
import { systemClock } from '#platform/clock.ts'
import { lowerPriority } from '#platform/priority.ts'
import { CONFIG_OPTION, type Command, type Invocation, valueOf } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { printable } from './terminal-text.ts'

export const captureCommand: Command = {
  usage: 'capture [options]',
  about:
    'Captures what the configuration names under `capture` and prints reports as JSON lines, until SIGTERM or SIGINT. Needs CAP_NET_RAW (root). The agent starts one by itself.',
  options: {
    config: CONFIG_OPTION,
    interface: { value: 'NAME', help: 'captures there instead', isRepeatable: true },
    source: { value: 'WAY', help: 'auto, cap or tcpdump, instead' },
    file: { value: 'FILE', help: 'reads a .pcap file instead' },
    framed: {
      help: 'settings come by standard input, reports leave in frames (as the agent wants it)',
    },
    socket: {
      value: 'PATH',
      help: 'likewise, over the socket of an agent that may not capture itself',
    },
  },
  positionals: [0, 0],
  run: runCapture,
}

async function runCapture(invocation: Invocation): Promise<ExitCode> {
  const socket = valueOf(invocation, 'socket')
  const stop = stopSignal()
  if (socket !== undefined || invocation.switches.has('framed'))
    return runFramed(invocation, socket, stop)
  // Loaded here, because what reads configurations is as large as all the rest.
  const { captureAlone } = await import('./capture-alone.ts')
  return captureAlone(invocation, stop)
}

function stopSignal(): Promise<void> {
  return new Promise((resolveStop) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolveStop())
    // Of the agent: "read the configuration again". The settings then come with another start.
    process.on('SIGHUP', () => undefined)
  })
}

async function runFramed(
  { complain, folder }: Invocation,
  socket: string | undefined,
  stop: Promise<void>,
): Promise<ExitCode> {
  lowerPriority('below-normal')
  const streams =
    socket === undefined
      ? { input: process.stdin, output: standardOutput() }
      : connected(createConnection(resolve(folder, socket)))
  const world = { clock: systemClock, tools: findCaptureTools(), stop }
  const outcome = await serveAgent(streams, world)
  if (!outcome) return EXIT.ok
  complain(`cannot capture: ${printable(outcome.detail)}`)
  return EXIT.cannotStart
}

function connected(connection: Socket): { readonly input: Socket; readonly output: Socket } {
  return { input: connection, output: connection }
}
