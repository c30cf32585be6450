import { readText } from '../text/interpolation.ts'
import { isFalse, isList, isMapping, type Mapping, scalarText } from '../yaml/value.ts'
import type { EnvFile, EnvItem } from './draft.ts'

/** Returns the variables of a service, in file order. */
export const environmentOf = ({ environment }: Mapping): EnvItem[] =>
  Object.entries(isMapping(environment) ? environment : {}).map(([key, value]) => {
    if (typeof value === 'number' || typeof value === 'boolean') return { key, value }
    const text = scalarText(value)
    return { key, value: text === undefined ? null : readText(text) }
  })

/** Returns the env files of a service; their content is not read. */
export const envFilesOf = ({ env_file: files }: Mapping): EnvFile[] =>
  (isList(files) ? files : []).flatMap((item) => {
    const path = isMapping(item) ? scalarText(item.path) : undefined
    if (path === undefined || !isMapping(item)) return []
    return [{ path: readText(path), required: !isFalse(item.required) }]
  })
