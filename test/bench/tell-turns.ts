import { SHARE } from './highest-rate.ts'
import type { Report } from './report.ts'
import { delay } from './report.ts'
import { spread, withRange } from './spread.ts'
import type { SteadyLoad } from './steady-load.ts'
import type { AllTurns, TurnFigures } from './turns.ts'

/** CPU a query, as a multiple of what receiving and sending alone costs. */
const OVER_FLOOR_MAX = 2.5

/** Medians over the rounds, with the least and the most; ratios are of the same round. */
export function tellTurns(report: Report, all: AllTurns): void {
  report.heading('All servers in turns')
  report.text(
    `${all.rounds} rounds, all servers running, one asked at a time. Figures are medians (least to most). "ours to it" is our CPU a query over its, in the same round. "floor" is a program in C that receives and sends back with recvmmsg and sendmmsg, and does nothing else.`,
  )
  for (const title of new Set(all.turns.map((one) => one.title)))
    tellTurn(
      report,
      all.turns.filter((one) => one.title === title),
    )
  tellOverFloor(report, all)
  if (all.highest) {
    report.text(
      `The highest rate of which at most one query in a thousand is lost, with ${SHARE * 100} % of a core for each server (cpu.max of its control group): the client, on the other core, could ask more.`,
    )
    report.table(
      ['server', 'queries/s'],
      all.highest.map(({ server, rates }) => [
        server,
        withRange(spread(rates), (rate) => rate.toFixed(0)),
      ]),
    )
  }
}

function tellTurn(report: Report, figures: readonly TurnFigures[]): void {
  const [first] = figures
  const ours = figures.find(({ server }) => server === 'ours')
  report.text(`### ${first?.title}`)
  report.table(
    ['server', 'CPU us a query', 'ours to it', 'p50 ms', 'p99 ms', 'p99.9 ms', 'lost'],
    figures
      .filter(({ loads }) => loads.length > 0)
      .map(({ server, loads }) => [
        server,
        withRange(spread(loads.map(({ cpuMicros }) => cpuMicros)), (us) => us.toFixed(1)),
        ours && server !== 'ours' ? ratios(ours.loads, loads) : '',
        ...(['p50Ms', 'p99Ms', 'p999Ms'] as const).map((which) =>
          delay(spread(loads.map(({ latencies }) => latencies[which])).median),
        ),
        String(loads.reduce((sum, { latencies }) => sum + latencies.lost, 0)),
      ]),
  )
}

function ratios(ours: readonly SteadyLoad[], theirs: readonly SteadyLoad[]): string {
  const found = ours.map(({ cpuMicros }, i) => cpuMicros / (theirs[i]?.cpuMicros ?? Number.NaN))
  return withRange(spread(found), (ratio) => ratio.toFixed(2))
}

/** The floor receives and sends with the same calls, so what is above it is the work on queries. */
function tellOverFloor(report: Report, { turns }: AllTurns): void {
  const rates = turns.filter(({ section }) => section === 'rates')
  const ours = rates.filter(({ server }) => server === 'ours')
  const shares = ours.flatMap(({ title, loads }) => {
    const floor = rates.find((one) => one.server === 'floor' && one.title === title)
    return floor?.loads.length ? [`${ratios(loads, floor.loads)} (${title})`] : []
  })
  if (shares.length > 0)
    report.text(
      `CPU a query of ours as a multiple of the floor: ${shares.join(', ')}; aimed at: at most ${OVER_FLOOR_MAX}.`,
    )
}
