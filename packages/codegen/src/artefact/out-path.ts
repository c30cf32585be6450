import { basename, dirname, join } from 'node:path'

/** Returns the path of a topology file's types, in the same folder: `topology.gen.ts` for `topology.ts`. */
export const artefactPath = (file: string): string => {
  const [, stem = basename(file), ending = ''] = /^(.*?)\.([cm]?)[jt]s$/.exec(basename(file)) ?? []
  return join(dirname(file), `${stem}.gen.${ending}ts`)
}
