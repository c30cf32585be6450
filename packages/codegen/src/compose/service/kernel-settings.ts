import type { Remark } from '../note.ts'
import { array, type Code, type Entry, number, object, objectOf, string } from '../print/code.ts'
import { defaultOf, readText } from '../text/interpolation.ts'
import { isList, isMapping, type Mapping, scalarText, type Value } from '../yaml/value.ts'

/** Result of {@link kernelSettings}. */
export interface KernelSettings {
  readonly ulimits: Code | undefined
  readonly sysctls: Code | undefined
  readonly devices: Code | undefined
  readonly remarks: readonly Remark[]
}

/** Returns `ulimits`, `sysctls` and `devices`, and remarks on those of their entries that a service cannot have. */
export const kernelSettings = (keys: Mapping): KernelSettings => {
  const remarks: Remark[] = []
  const note = (key: string, text: string): void => void remarks.push({ key, text })
  const each = (value: Value | undefined, read: (key: string, value: Value) => Entry | undefined) =>
    unlessNone(
      Object.entries(isMapping(value) ? value : {}).flatMap(([key, one]) => read(key, one) ?? []),
    )
  return {
    ulimits: each(keys.ulimits, (key, value) => {
      const limit = ulimitCode(value)
      if (limit !== undefined) return { key, value: limit }
      note(`ulimits.${key}`, 'the value is not known from the file; the default is used.')
      return undefined
    }),
    sysctls: each(keys.sysctls, (key, value) => {
      const text = known(value)
      if (!namespaced.test(key)) note('sysctls', `${key} would change the host of the engine.`)
      else if (text === undefined)
        note(`sysctls.${key}`, 'the value is not known from the file; the default is used.')
      else return { key, value: isInteger(text) ? number(Number(text)) : string(text) }
      return undefined
    }),
    devices: devicesCode(keys.devices, note),
    remarks,
  }
}

// ---

/** Those that a container has for itself. */
const namespaced =
  /^(net\.|fs\.mqueue\.|kernel\.(msg(max|mnb|mni)|sem|shm(all|max|mni|_rmid_forced))$)/

const known = (value: Value | undefined): string | undefined => {
  const text = scalarText(value)
  return text === undefined ? undefined : defaultOf(readText(text))
}

const isInteger = (text: string): boolean =>
  /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text))

const ulimitCode = (value: Value): Code | undefined => {
  if (!isMapping(value)) return limitCode(value)
  const [soft, hard] = [limitCode(value.soft), limitCode(value.hard)]
  return soft === undefined || hard === undefined ? undefined : objectOf({ soft, hard })
}

/** Compose writes unlimited as -1. */
const limitCode = (value: Value | undefined): Code | undefined => {
  const text = known(value)
  if (text === '-1') return string('unlimited')
  return text !== undefined && /^\d+$/.test(text) ? number(Number(text)) : undefined
}

/** A list of `from:to:access`, or of mappings; a driver's device (CDI) has another form. */
const devicesCode = (
  value: Value | undefined,
  note: (key: string, text: string) => void,
): Code | undefined => {
  const items = (isList(value) ? value : []).flatMap((item): Code[] => {
    const [from = '', to = from, access] = isMapping(item)
      ? [known(item.source), known(item.target), known(item.permissions)]
      : (known(item) ?? '').split(':')
    if (!from.startsWith('/')) {
      note('devices', `${known(item) ?? 'an entry'} is not supported; name a path below /dev.`)
      return []
    }
    return [
      objectOf({
        from: string(from),
        to: to === from ? undefined : string(to),
        // Compose grants `rwm` without saying so; making device files is rarely meant.
        access: access === undefined || access === 'rwm' ? undefined : string(access),
      }),
    ]
  })
  return items.length === 0 ? undefined : array(items)
}

const unlessNone = (entries: readonly Entry[]): Code | undefined =>
  entries.length === 0 ? undefined : object(entries)
