/** How long Unbound lives: as long as the agent wants it, and no longer than the agent. */
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type AgentProcess, startAgentProcess } from '#test/support/agent-process.ts'
import { ask, ednsError, rcodeOf } from '#test/support/dns-client.ts'
import {
  figureOf,
  isAlive,
  isAnswered,
  startRecursorAgent,
  statusOf,
  unboundOf,
  until,
} from '#test/support/recursor-agent.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { noSignedRoot, startSignedRoot } from '#test/support/signed-root.ts'
