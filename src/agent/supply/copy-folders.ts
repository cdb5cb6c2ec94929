import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { failure } from '#domain/failure.ts'
import { ut1Folders } from '../rules/compile-plan.ts'
import { chooseFolders, type UseOf } from './unpack/choose-member.ts'
import type { Sink } from './unpack/file-sink.ts'
import { UnpackBudget } from './unpack/unpack-budget.ts'
import { UnpackFault } from './unpack/unpack-fault.ts'
import type { UnpackFailure } from './unpack/unpack-list.ts'

const CHUNK_BYTES = 262_144

/** Copies the folders of a UT1 tree that are used, under the same limit as an archive of them. Rejects when the disk fails. */
export async function copyFolders(options: {
  readonly path: string
  readonly target: string
  readonly useOf: UseOf
  readonly bytesMax: number
}): Promise<UnpackFailure | undefined> {
  const { path, target, useOf, bytesMax } = options
  const budget = new UnpackBudget(bytesMax)
  budget.feed(bytesMax)
  try {
    const { choose, finish } = chooseFolders(target, useOf)
    for (const folder of ut1Folders(path))
      for (const file of ['usage', 'domains']) {
        const from = join(path, folder, file)
        const sink = existsSync(from) ? choose([folder, file]) : undefined
        if (sink) copy(from, sink, budget)
      }
    finish()
    return undefined
  } catch (error) {
    if (error instanceof UnpackFault) return failure(error.reason, error.message)
    throw error
  }
}

function copy(from: string, sink: Sink, budget: UnpackBudget): void {
  const fd = openSync(from, 'r')
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES)
    for (let read = readSync(fd, chunk); read > 0; read = readSync(fd, chunk)) {
      budget.spend(read)
      sink.write(chunk.subarray(0, read))
    }
  } finally {
    closeSync(fd)
    sink.end()
  }
}
