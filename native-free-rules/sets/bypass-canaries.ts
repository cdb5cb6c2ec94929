/** The list whose names devices ask to learn whether they may go round the filter: they must get NXDOMAIN, not an address. */
export const BYPASS_CANARIES_LIST = 'bypass-canaries'
