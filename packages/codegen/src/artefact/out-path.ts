import { basename, dirname, join } from 'node:path'

/** Where the types of a topology file are: beside it, `topology.gen.ts` of `topology.ts`. */
export const artefactPath = (file: string): string => {
  const [, stem = basename(file), ending = ''] = /^(.*?)\.([cm]?)[jt]s$/.exec(basename(file)) ?? []
  return join(dirname(file), `${stem}.gen.${ending}ts`)
}
