import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { makeListTree, readNames, SHARED_UT1 } from '#test/load/ut1-tree.ts'

const TLDS = ['com', 'com', 'com', 'net', 'org', 'xyz', 'info', 'de', 'co.uk', 'ru'] as const
const HOSTS = ['www', 'blog', 'shop', 'm'] as const
/** Numbers of made-up names that no other set of them uses. */
const OTHERS_FROM = 100_000_000

export interface BenchNames {
  readonly names: readonly string[]
  /** Of them, from UT1's black folders. */
  readonly realCount: number
}

/**
 * `count` names: those of UT1 where its tarball is at hand (`tarball`, else beside the checkout), topped up with made-up ones, or as
 * many of them as are wanted.
 */
export function benchNames(
  count: number,
  folder: string,
  tarball: string = SHARED_UT1,
): BenchNames {
  const real = existsSync(tarball)
    ? [...readNames(makeListTree(join(folder, 'ut1'), tarball))].slice(0, count)
    : []
  return { names: [...real, ...madeUpNames(count - real.length, 0)], realCount: real.length }
}

/** As many made-up names, none of which `benchNames` has. */
export function otherNames(count: number): readonly string[] {
  return madeUpNames(count, OTHERS_FROM)
}

/**
 * Names with the shape of a real list: a quarter have a host label, most stand under a few top-level names. Joined and split, so
 * that they are flat strings as a file's lines are.
 */
export function madeUpNames(count: number, from: number): readonly string[] {
  return Array.from({ length: Math.max(0, count) }, (_, n) => {
    const i = from + n
    const word = (Math.imul(i, 2_654_435_761) >>> 0).toString(36)
    const host = i % 4 === 0 ? `${HOSTS[(i >> 2) % HOSTS.length]}.` : ''
    return `${host}site${word}.${TLDS[(i >> 3) % TLDS.length]}`
  })
    .join('\n')
    .split('\n')
    .filter((name) => name !== '')
}
