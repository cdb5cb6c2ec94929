/** The collector serves the package's module under this name, beside ours. */
// oxlint-disable-next-line import/no-default-export -- the package offers nothing else
export { default } from 'uplot'
