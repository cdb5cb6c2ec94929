import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { BundleHeader } from '#agent/locked/bundle-format.ts'
import { readContentKey } from '#agent/locked/content-key.ts'
import { installBundle } from '#agent/locked/install-bundle.ts'
import { publisherId, readPublicKey } from '#agent/locked/publisher-key.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { lockedSentence } from '#domain/locked-status.ts'
import { systemClock } from '#platform/clock.ts'
import { type Invocation, valueOf } from './command.ts'
import { readFileOf, textOf } from './locked-input.ts'
import { findState, prepareState } from './state-folder.ts'
import { printable } from './terminal-text.ts'

/** Checks a bundle as a whole and puts it in the place of the one before. */
export async function installLocked(
  invocation: Invocation,
  file: string,
): Promise<Failure | undefined> {
  const { environment, folder, say } = invocation
  const bytes = readFileOf(invocation, file)
  if (isFailure(bytes)) return bytes
  const publisher = givenPublisher(invocation)
  if (isFailure(publisher)) return publisher
  const contentKey = givenContentKey(invocation)
  if (isFailure(contentKey)) return contentKey
  const state = findState(valueOf(invocation, 'state'), environment, folder)
  const nowMs = systemClock.wallMs()
  try {
    if (!existsSync(state.agent)) prepareState(state)
    const installed = installBundle({ folder: state.agent, bytes, publisher, contentKey, nowMs })
    if (isFailure(installed))
      return failure('refused', `refused: ${installed.detail}; what was installed before stays`)
    say(`installed; ${printable(sentenceOf(installed, nowMs))}`)
    say('a running agent takes it up within seconds; `status` tells')
    return undefined
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown'
    return failure('disk', `cannot write into ${state.agent}: ${why}; try with sudo`)
  }
}

function sentenceOf({ publisher, serial, madeAt, names }: BundleHeader, nowMs: number): string {
  const id = publisherId(publisher)
  return lockedSentence({ kind: 'in-force', publisher: id, serial, madeAt, names }, nowMs)
}

/** The key of `--publisher`: a file where there is one of that name, else the key itself. */
export function givenPublisher(invocation: Invocation): string | Failure | undefined {
  const word = valueOf(invocation, 'publisher')
  if (word === undefined) return undefined
  const path = resolve(invocation.folder, word)
  const text = existsSync(path) ? textOf(invocation, word) : word
  if (isFailure(text)) return text
  const key = readPublicKey(text)
  return isFailure(key) ? failure('usage', `--publisher ${printable(word)} ${key.detail}`) : key
}

function givenContentKey(invocation: Invocation): Buffer | Failure | undefined {
  const file = valueOf(invocation, 'key')
  return file === undefined ? undefined : contentKeyIn(invocation, file)
}

/** Reads a content key from its file. */
export function contentKeyIn(invocation: Invocation, file: string): Buffer | Failure {
  const text = textOf(invocation, file)
  if (isFailure(text)) return text
  const key = readContentKey(text)
  return isFailure(key) ? failure('usage', `${printable(file)} ${key.detail}`) : key
}
