import manifest from '../package.json' with { type: 'json' }

/** The agent's version, as the cloud shows it. */
export const version: string = manifest.version
