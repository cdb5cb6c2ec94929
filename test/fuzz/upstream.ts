export const fuzzUpstream = undefined as any
