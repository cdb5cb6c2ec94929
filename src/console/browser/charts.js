import uPlot from './uplot.js'

const WIDTH_MIN = 200
const TEXT = '#44525a'
const GRID = '#e3e8ea'

/** How an axis of any chart looks. */
export const AXIS = {
  stroke: TEXT,
  grid: { stroke: GRID, width: 1 },
  ticks: { stroke: GRID, width: 1 },
  font: '12px "Atkinson Hyperlegible Next", system-ui, sans-serif',
}

/** A chart is looked at: nothing is dragged, and its legend only names. */
export const STILL = { cursor: { drag: { x: false, y: false } }, legend: { live: false } }

/**
 * Draws into each place that has the attribute and is empty, as wide as the place is. The table beside it says the same,
 * so the drawing is hidden from assistive technology. `chartOf` makes it of the attribute's value, with the words that the place has
 * for it; undefined draws nothing.
 * @param {ParentNode} root
 * @param {string} attribute
 * @param {(value: string, width: number, place: HTMLElement) => { options: uPlot.Options, columns: uPlot.AlignedData } | undefined} chartOf
 */
export function drawInto(root, attribute, chartOf) {
  for (const place of root.querySelectorAll(`[${attribute}]`)) {
    if (!(place instanceof HTMLElement) || place.childElementCount > 0) continue
    const width = () => Math.max(WIDTH_MIN, place.clientWidth)
    const drawn = chartOf(place.getAttribute(attribute) ?? '', width(), place)
    if (drawn === undefined) continue
    const { options, columns } = drawn
    place.setAttribute('aria-hidden', 'true')
    const chart = new uPlot(options, columns, place)
    const resize = () => chart.setSize({ width: width(), height: options.height })
    new ResizeObserver(resize).observe(place)
  }
}

/**
 * From zero, and never so narrow that noise looks like a mountain.
 * @param {number} least
 */
export function fromZero(least) {
  /** @type {(chart: unknown, from: number, to: number) => [number, number]} */
  return (_chart, _from, to) => [0, Math.max(least, (Number.isFinite(to) ? to : 0) * 1.15)]
}
