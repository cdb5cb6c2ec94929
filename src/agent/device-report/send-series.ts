import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BypassFacts } from '#domain/bypass-event.ts'
import {
  DEVICE_NETWORKS_MAX,
  DEVICES_MAX,
  DEVICES_PATH,
  type NetworksTold,
} from '#domain/device-report.ts'
import type { DeviceFacts } from '#domain/identity.ts'
import { newRandomId } from '#platform/random.ts'
import { type Judgement, judgeAnswer } from '../outbox/judge-answer.ts'
import type { HttpAnswer, PostFailure } from '../outbox/post-signed.ts'
import { makeDeviceRow } from './device-row.ts'
import { PartDraft } from './part-draft.ts'
import { ToldRows } from './told-rows.ts'

/** Rows that are made into text between two turns of the event loop: a millisecond or two. */
const SLICE_ROWS = 50

/** Signs and sends one request. Never rejects. */
export type PostSigned = (path: string, body: string) => Promise<HttpAnswer | PostFailure>

/** What there is to tell now. */
export interface DevicesNow {
  readonly devices: readonly DeviceFacts[]
  readonly networks: NetworksTold
  readonly bypass: readonly BypassFacts[]
}

export interface SeriesTally {
  partsTaken: number
  rowsTaken: number
  /** Devices and networks beyond the limits, in the last turn. */
  leftOut: number
  /** Devices that go round us but are not in the table, in the last turn. */
  unknownBypass: number
}

/** The series of parts by which the collector knows the devices: see `#domain/device-report.ts`. */
export class DeviceSeries {
  readonly #appliance: string
  readonly #post: PostSigned
  readonly #told = new ToldRows()
  #series = newRandomId()
  #part = 0
  #isWhole = false
  readonly tally: SeriesTally = { partsTaken: 0, rowsTaken: 0, leftOut: 0, unknownBypass: 0 }

  constructor(appliance: string, post: PostSigned) {
    this.#appliance = appliance
    this.#post = post
  }

  /** The next part begins a snapshot. */
  startOver(): void {
    this.#series = newRandomId()
    this.#part = 0
    this.#isWhole = false
    this.#told.clear()
  }

  /** Tells what the collector does not hold yet. Yields to the event loop; never rejects. */
  async tell(now: DevicesNow, at: number): Promise<Judgement> {
    const devices = newestFirst(now.devices)
    const told = devices.slice(0, DEVICES_MAX)
    const networks = now.networks.networks.slice(0, DEVICE_NETWORKS_MAX)
    const present = new Set(told.map(({ id }) => id))
    this.tally.leftOut =
      devices.length - told.length + now.networks.networks.length - networks.length
    this.tally.unknownBypass = now.bypass.filter(({ id }) => !present.has(id)).length
    const rowOf = makeDeviceRow(networks, now.bypass)
    let draft = new PartDraft()
    const add = async (into: (part: PartDraft) => boolean): Promise<Judgement | undefined> => {
      if (into(draft)) return undefined
      const outcome = await this.#send(draft, at, false)
      if (outcome.kind !== 'taken') return outcome
      draft = new PartDraft()
      if (!into(draft)) this.tally.leftOut += 1
      return undefined
    }
    // First, so that the collector never has more than there may be.
    for (const id of this.#told.without(present)) {
      const trouble = await add((part) => part.addGone(id))
      if (trouble) return trouble
    }
    for (const [index, device] of told.entries()) {
      if (index % SLICE_ROWS === 0) await nextTurn()
      const row = rowOf(device)
      if (row === undefined) {
        this.tally.leftOut += 1
        continue
      }
      const text = JSON.stringify(row)
      const mark = this.#told.markOf(text)
      if (this.#told.isTold(device.id, mark)) continue
      const trouble = await add((part) => part.addRow(device.id, text, mark))
      if (trouble) return trouble
    }
    const trouble = await add((part) => part.addNetworks({ ...now.networks, networks }))
    return trouble ?? this.#send(draft, at, true)
  }

  async #send(draft: PartDraft, at: number, isLast: boolean): Promise<Judgement> {
    const isWhole = this.#isWhole || isLast
    const frame = { appliance: this.#appliance, at, series: this.#series, part: this.#part }
    const text = draft.text({ ...frame, isWhole })
    const judgement = judgeAnswer(await this.#post(DEVICES_PATH, text))
    if (judgement.kind !== 'taken') return judgement
    draft.noteIn(this.#told)
    this.#part += 1
    this.#isWhole = isWhole
    this.tally.partsTaken += 1
    this.tally.rowsTaken += draft.rows
    return judgement
  }
}

function newestFirst(devices: readonly DeviceFacts[]): readonly DeviceFacts[] {
  if (devices.length <= DEVICES_MAX) return devices
  return devices.toSorted((a, b) => b.lastSeenAt - a.lastSeenAt)
}
