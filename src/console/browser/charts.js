import uPlot from './uplot.js'

const HEIGHT = 150
const WIDTH_MIN = 240
const TEXT = '#44525a'
const GRID = '#e3e8ea'

/**
 * Draws round trip and loss into each `[data-chart]`. The table beside it says the same, so the drawing is hidden from
 * assistive technology.
 * @param {ParentNode} root
 */
export function drawCharts(root) {
  for (const place of root.querySelectorAll('[data-chart]'))
    if (place instanceof HTMLElement && place.childElementCount === 0) draw(place)
}

/** @param {HTMLElement} place */
function draw(place) {
  /** @type {[number, number | null, number][]} */
  const points = JSON.parse(place.dataset['chart'] ?? '[]')
  if (points.length === 0) return
  place.setAttribute('aria-hidden', 'true')
  const width = () => Math.max(WIDTH_MIN, place.clientWidth)
  const chart = new uPlot(options(width()), columns(points), place)
  new ResizeObserver(() => chart.setSize({ width: width(), height: HEIGHT })).observe(place)
}

/**
 * @param {[number, number | null, number][]} points
 * @returns {[number[], (number | null)[], number[]]}
 */
function columns(points) {
  return [points.map(([at]) => at), points.map(([, rtt]) => rtt), points.map(([, , loss]) => loss)]
}

/** @param {number} width */
function options(width) {
  const axis = {
    stroke: TEXT,
    grid: { stroke: GRID, width: 1 },
    ticks: { stroke: GRID, width: 1 },
    font: '12px system-ui, sans-serif',
  }
  return {
    width,
    height: HEIGHT,
    cursor: { drag: { x: false, y: false } },
    legend: { live: false },
    scales: { ms: { range: fromZero(10) }, '%': { range: fromZero(5) } },
    axes: [
      { ...axis, values: hours, space: 60 },
      { ...axis, scale: 'ms', size: 70, values: unit(' ms') },
      { ...axis, scale: '%', side: 1, size: 56, grid: { show: false }, values: unit('%') },
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

/**
 * From zero, and never so narrow that noise looks like a mountain.
 * @param {number} least
 */
function fromZero(least) {
  /** @type {(chart: unknown, from: number, to: number) => [number, number]} */
  return (_chart, _from, to) => [0, Math.max(least, (Number.isFinite(to) ? to : 0) * 1.15)]
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
