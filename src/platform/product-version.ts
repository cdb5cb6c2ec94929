import manifest from '../../package.json' with { type: 'json' }

/** The version of this program, as its manifest says. */
export const productVersion: string = manifest.version
