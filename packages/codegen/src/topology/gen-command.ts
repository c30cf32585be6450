import { basename } from 'node:path'

/** What makes the file again, for its header: the same on every machine, so without folders. */
export const commandOf = (
  file: string,
  { module }: { readonly module?: string | undefined } = {},
): string =>
  [
    'mesocosm gen',
    // Found without being named.
    ...(['topology.ts', 'mesocosm.config.ts'].includes(basename(file)) ? [] : [basename(file)]),
    ...(module === undefined ? [] : [`--module ${module}`]),
  ].join(' ')
