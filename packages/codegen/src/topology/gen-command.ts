import { basename } from 'node:path'

/** Returns the command that regenerates the file, for its header; without folders, so it is equal on every machine. */
export const commandOf = (
  file: string,
  { module }: { readonly module?: string | undefined } = {},
): string =>
  [
    'mesocosm gen',
    // Found by default.
    ...(['topology.ts', 'mesocosm.config.ts'].includes(basename(file)) ? [] : [basename(file)]),
    ...(module === undefined ? [] : [`--module ${module}`]),
  ].join(' ')
