import { AXIS, drawInto, fromZero, STILL } from './charts.js'

const HEIGHT = 150

/**
 * Draws round trip and loss over a day into each `[data-chart]`.
 * @param {ParentNode} root
 */
export function drawLinkCharts(root) {
  drawInto(root, 'data-chart', (value, width) => {
    /** @type {[number, number | null, number][]} */
    const points = JSON.parse(value)
    return points.length === 0 ? undefined : { options: options(width), columns: columnsOf(points) }
  })
}

/**
 * @param {[number, number | null, number][]} points
 * @returns {[number[], (number | null)[], number[]]}
 */
function columnsOf(points) {
  return [points.map(([at]) => at), points.map(([, rtt]) => rtt), points.map(([, , loss]) => loss)]
}

/** @param {number} width */
function options(width) {
  return {
    ...STILL,
    width,
    height: HEIGHT,
    scales: { ms: { range: fromZero(10) }, '%': { range: fromZero(5) } },
    axes: [
      { ...AXIS, values: hours, space: 60 },
      { ...AXIS, scale: 'ms', size: 70, values: unit(' ms') },
      { ...AXIS, scale: '%', side: 1, size: 56, grid: { show: false }, values: unit('%') },
    ],
    series: [
      {},
      {
        label: 'Round trip (ms)',
        scale: 'ms',
        stroke: '#0a6570',
        width: 2,
        points: { show: false },
      },
      {
        label: 'Lost (%)',
        scale: '%',
        stroke: '#b1361e',
        fill: '#b1361e22',
        width: 1.5,
        points: { show: false },
      },
    ],
  }
}

/** @param {string} suffix */
function unit(suffix) {
  /** @type {(chart: unknown, values: number[]) => string[]} */
  return (_chart, values) => values.map((value) => `${value}${suffix}`)
}

/** @type {(chart: unknown, values: number[]) => string[]} */
function hours(_chart, values) {
  const format = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
  return values.map((value) => format.format(value * 1000))
}
