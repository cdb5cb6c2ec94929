/** Publishers and bundles for tests, made as an operator makes them. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeContentKey, readContentKey } from '#agent/locked/content-key.ts'
import { readNamesFile } from '#agent/locked/names-file.ts'
import { openBundle } from '#agent/locked/open-bundle.ts'
import { makePublisherKey, type PublisherKey } from '#agent/locked/publisher-key.ts'
import { type SealOptions, sealBundle } from '#agent/locked/seal-bundle.ts'
import { isFailure } from '#domain/failure.ts'
import type { LockedNames } from '#rules/locked-names.ts'

export interface TestPublisher {
  readonly key: PublisherKey
  readonly contentKey: Buffer
  /** A bundle of lines as an operator writes them. */
  readonly bundle: (lines: readonly string[], changes?: Partial<SealOptions>) => Buffer
  /** Files as a box's installer gets them; gives their paths. */
  readonly handOver: (folder: string) => { readonly publisher: string; readonly key: string }
}

export function makeTestPublisher(): TestPublisher {
  const { key } = makePublisherKey()
  const contentKey = readContentKey(makeContentKey())
  if (isFailure(contentKey)) throw new Error(contentKey.detail)
  return {
    key,
    contentKey,
    bundle: (lines, changes = {}) => {
      const { names, bad } = readNamesFile(lines.join('\n'))
      if (bad[0]) throw new Error(`line ${bad[0].line} ${bad[0].why}`)
      return sealBundle({
        names,
        publisher: key,
        contentKey,
        serial: 1,
        madeAt: Date.now(),
        endorsements: [],
        ...changes,
      })
    },
    handOver: (folder) => {
      const paths = { publisher: join(folder, 'operator.pub'), key: join(folder, 'content.key') }
      writeFileSync(paths.publisher, key.publicKey)
      writeFileSync(paths.key, contentKey.toString('base64url'))
      return paths
    },
  }
}

/** The names of lines, through a whole bundle. */
export function lockedNamesOf(lines: readonly string[]): LockedNames {
  const { key, contentKey, bundle } = makeTestPublisher()
  const opened = openBundle(bundle(lines), { pinned: key.publicKey, keyOf: () => contentKey })
  if (isFailure(opened)) throw new Error(opened.detail)
  return opened.names
}
