/**
 * Loaded before anything else in a process (`node --import`), threads included: its clocks show a simulated day that passes
 * faster than the real one, and its timers keep to them. Native timeouts do not.
 */

import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers'
import timersPromises from 'node:timers/promises'

const { FAST_CLOCK } = process.env
const [fromMs = 0, realMs = 0, speed = 1] = (FAST_CLOCK ?? '').split(',').map(Number)

if (FAST_CLOCK !== undefined) {
  const realNow = Date.now.bind(Date)
  const realPerformance = performance.now.bind(performance)
  const realHrtime = process.hrtime.bigint.bind(process.hrtime)
  const now = (): number => Math.floor(fromMs + (realNow() - realMs) * speed)
  globalThis.Date = new Proxy(Date, {
    construct: (target, args: [number]) =>
      new target(...(args.length > 0 ? args : ([now()] as [number]))),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  })
  performance.now = () => realPerformance() * speed
  process.hrtime.bigint = () => BigInt(Math.round(Number(realHrtime()) * speed))
  const { setTimeout, setInterval } = globalThis
  const sooner = <T extends typeof setTimeout | typeof setInterval>(set: T): T =>
    new Proxy(set, {
      apply: (target, that, [run, delay = 0, ...rest]: [() => void, number?, ...unknown[]]) =>
        Reflect.apply(target, that, [run, delay / speed, ...rest]),
    })
  globalThis.setTimeout = sooner(setTimeout)
  globalThis.setInterval = sooner(setInterval)
  timers.setTimeout = globalThis.setTimeout
  timers.setInterval = globalThis.setInterval
  const sleep = timersPromises.setTimeout
  timersPromises.setTimeout = new Proxy(sleep, {
    apply: (target, that, [delay = 0, ...rest]: [number?, ...unknown[]]) =>
      Reflect.apply(target, that, [delay / speed, ...rest]),
  })
  syncBuiltinESMExports()
}
