import { AXIS, drawInto, fromZero, STILL } from './charts.js'

const HEIGHT = 150

/**
 * Draws round trip and loss over a day into each `[data-chart]`.
 * @param {ParentNode} root
 */
export function drawLinkCharts(root) {
  drawInto(root, 'data-chart', (value, width, place) => {
    /** @type {[number, number | null, number][]} */
    const points = JSON.parse(value)
    if (points.length === 0) return undefined
    return { options: options(width, place.dataset['chartSays'] ?? ''), columns: columnsOf(points) }
  })
}

/**
 * @param {[number, number | null, number][]} points
 * @returns {[number[], (number | null)[], number[]]}
 */
function columnsOf(points) {
  return [points.map(([at]) => at), points.map(([, rtt]) => rtt), points.map(([, , loss]) => loss)]
}

/**
 * @param {number} width
 * @param {string} text The words of the drawing, as JSON.
 */
function options(width, text) {
  /** @type {import('../words/line.ts').Drawn} */
  const says = JSON.parse(text)
  return {
    ...STILL,
    width,
    height: HEIGHT,
    scales: { ms: { range: fromZero(10) }, '%': { range: fromZero(5) } },
    axes: [
      { ...AXIS, values: hours, space: 60 },
      { ...AXIS, scale: 'ms', size: 70, values: marked(says.atRoundTrip) },
      {
        ...AXIS,
        scale: '%',
        side: 1,
        size: 56,
        grid: { show: false },
        values: marked(says.atLoss),
      },
    ],
    series: [
      {},
      {
        label: says.roundTrip,
        scale: 'ms',
        stroke: '#0a6570',
        width: 2,
        points: { show: false },
      },
      {
        label: says.loss,
        scale: '%',
        stroke: '#b1361e',
        fill: '#b1361e22',
        width: 1.5,
        points: { show: false },
      },
    ],
  }
}

/** @param {string} says */
function marked(says) {
  /** @type {(chart: unknown, values: number[]) => string[]} */
  return (_chart, values) => values.map((value) => says.replace('{number}', String(value)))
}

/** @type {(chart: unknown, values: number[]) => string[]} */
function hours(_chart, values) {
  const format = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
  return values.map((value) => format.format(value * 1000))
}
