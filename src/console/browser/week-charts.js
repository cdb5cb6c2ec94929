import { AXIS, drawInto, fromZero, STILL } from './charts.js'
import uPlot from './uplot.js'

const HEIGHT = 120
/** Of what is counted, and of the part of it that is told apart. */
const FILLS = ['#8fc1c6', '#0a6570']
/** Whole weeks between two that are named. */
const STEPS = [1, 2, 3, 4, 6, 8, 12]

/** @typedef {{ weeks: string[], series: { label: string, values: number[] }[] }} WeekChart */

/**
 * Draws counts by week as bars into each `[data-weeks]`; a second series is a part of the first and stands before it.
 * @param {ParentNode} root
 */
export function drawWeekCharts(root) {
  drawInto(root, 'data-weeks', (value, width) => {
    /** @type {WeekChart} */
    const { weeks, series } = JSON.parse(value)
    const columns = [weeks.map((_, index) => index), ...series.map(({ values }) => values)]
    return { options: options({ weeks, series }, width), columns: aligned(columns) }
  })
}

/**
 * @param {number[][]} columns
 * @returns {uPlot.AlignedData}
 */
function aligned([weeks = [], ...counts]) {
  return [weeks, ...counts]
}

/**
 * @param {WeekChart} chart
 * @param {number} width
 */
function options({ weeks, series }, width) {
  const paths = uPlot.paths.bars?.({ size: [0.7, 36] })
  /** @type {(chart: unknown, values: number[]) => string[]} */
  const names = (_chart, values) => values.map((index) => weeks[index] ?? '')
  return {
    ...STILL,
    legend: { show: series.length > 1, live: false },
    width,
    height: HEIGHT,
    scales: {
      // Half a bar of room on both sides.
      x: { time: false, range: /** @type {[number, number]} */ ([-0.5, weeks.length - 0.5]) },
      y: { range: fromZero(4) },
    },
    axes: [
      { ...AXIS, grid: { show: false }, values: names, incrs: STEPS, space: 52, size: 30 },
      { ...AXIS, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000], size: 44 },
    ],
    series: [
      {},
      ...series.map(({ label }, index) => ({
        label,
        width: 0,
        fill: FILLS[series.length > 1 ? index : 1] ?? AXIS.stroke,
        points: { show: false },
        ...(paths === undefined ? {} : { paths }),
      })),
    ],
  }
}
