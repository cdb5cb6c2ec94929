import { getDomain } from 'tldts'

/** As its owner registered it, or a customer of a host like github.io has it; the name itself where it is none such. */
const OPTIONS = { allowPrivateDomains: true, extractHostname: false, validateHostname: false }

/** The registrable name of a name (lower case, presentation form, no root dot), by the Public Suffix List. Never throws. */
export function siteOf(name: string): string {
  return getDomain(name, OPTIONS) ?? name
}
