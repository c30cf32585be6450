import type { Remark } from '../note.ts'
import { array, type Code, expression, number, object, string, strings } from '../print/code.ts'
import type { Scope } from '../print/scope.ts'
import { textCode } from '../print/text-code.ts'
import { defaultOf, readText, type Text } from '../text/interpolation.ts'
import { mebibytes, milliseconds } from '../text/measures.ts'
import { shellWords } from '../text/shell-words.ts'
import {
  isList,
  isMapping,
  isTrue,
  type Mapping,
  scalarText,
  texts,
  type Value,
} from '../yaml/value.ts'
import { kernelSettings } from './kernel-settings.ts'

/** Result of {@link settingsOf}. */
export interface Settings {
  readonly settings: Readonly<Record<string, Code | undefined>>
  readonly remarks: readonly Remark[]
}

/** Returns the keys that exist in both formats and differ only in their units. */
export const settingsOf = (keys: Mapping, scope: Scope): Settings => {
  const limits = at(keys, 'deploy', 'resources', 'limits')
  const remarks: Remark[] = []
  const measured = (key: string, value: Value | undefined, read: Measure): number | undefined => {
    const text = scalarText(value)
    if (text === undefined) return undefined
    const plain = defaultOf(readText(text)) ?? ''
    const found = read(plain)
    // 0 means unlimited.
    if (found === undefined && !/^0\D*$/.test(plain))
      remarks.push({ key, text: 'the value is not known from the file; the default is used.' })
    return found
  }
  const memory = measured('mem_limit', keys.mem_limit ?? at(limits, 'memory'), mebibytes)
  const cpus = measured('cpus', keys.cpus ?? at(limits, 'cpus'), positive)
  const grace = measured('stop_grace_period', keys.stop_grace_period, milliseconds)
  const pids = measured('pids_limit', keys.pids_limit ?? at(limits, 'pids'), wholeNumber)
  const shm = measured('shm_size', keys.shm_size, mebibytes)
  const kernel = kernelSettings(keys)
  const text = (key: string): Code | undefined => {
    const value = scalarText(keys[key])
    return value === undefined ? undefined : textCode(readText(value), scope)
  }
  return {
    settings: {
      entrypoint: argvCode(keys.entrypoint, scope),
      command: argvCode(keys.command, scope),
      user: text('user'),
      workdir: text('working_dir'),
      platform: text('platform'),
      stopTimeoutMs: grace === undefined ? undefined : number(grace),
      memoryMiB: memory === undefined ? undefined : number(memory),
      cpus: cpus === undefined ? undefined : expression(String(cpus)),
      pidsLimit: pids === undefined ? undefined : number(pids),
      shmSizeMiB: shm === undefined ? undefined : number(shm),
      capAdd: capabilitiesCode(keys.cap_add),
      capDrop: capabilitiesCode(keys.cap_drop),
      securityOpt: securityCode(keys.security_opt),
      init: isTrue(keys.init) ? expression('true') : undefined,
      ulimits: kernel.ulimits,
      sysctls: kernel.sysctls,
      devices: kernel.devices,
      extraHosts: hostsCode(keys.extra_hosts, scope),
      labels: labelsCode(keys.labels, scope),
    },
    remarks: [
      ...remarks,
      ...kernel.remarks,
      ...securityRemarks(keys.security_opt),
      ...deployRemarks(keys.deploy),
    ],
  }
}

/** Returns a command as argv. */
export const argvOf = (value: Value | undefined): Text[] | undefined => {
  if (value === undefined || value === null) return undefined
  if (isList(value)) return texts(value).map(readText)
  const line = scalarText(value)
  return line === undefined ? undefined : shellWords(line)
}

// ---

const argvCode = (value: Value | undefined, scope: Scope): Code | undefined => {
  const words = argvOf(value)
  return words === undefined ? undefined : array(words.map((word) => textCode(word, scope)))
}

const at = (value: Value | undefined, ...path: readonly string[]): Value | undefined =>
  path.reduce<Value | undefined>((found, key) => (isMapping(found) ? found[key] : undefined), value)

type Measure = (text: string) => number | undefined

const positive = (text: string): number | undefined => (Number(text) > 0 ? Number(text) : undefined)

const wholeNumber: Measure = (text) => (/^[1-9]\d*$/.test(text) ? Number(text) : undefined)

const capabilitiesCode = (value: Value | undefined): Code | undefined => {
  const names = isList(value) ? texts(value) : []
  if (names.length === 0) return undefined
  return strings(names.map((name) => name.toUpperCase().replace(/^CAP_/, '')))
}

/** Options that a service can have. Not a profile in a file: Compose itself reads it. */
const isSupported = (option: string): boolean =>
  /^(no-new-privileges([:=](true|false))?|(seccomp|apparmor)[:=]unconfined|label[:=].+)$/.test(
    option,
  )

const securityOptions = (value: Value | undefined): string[] => (isList(value) ? texts(value) : [])

const securityCode = (value: Value | undefined): Code | undefined => {
  const options = securityOptions(value).filter(isSupported)
  return options.length === 0 ? undefined : strings(options)
}

const securityRemarks = (value: Value | undefined): Remark[] =>
  securityOptions(value)
    .filter((option) => !isSupported(option))
    .map((option) => ({ key: 'security_opt', text: `${option} is not supported.` }))

/** A list of `name:address` or `name=address`, or a mapping. */
const hostsCode = (value: Value | undefined, scope: Scope): Code | undefined => {
  const hosts: (readonly [string, string])[] = isMapping(value)
    ? Object.entries(value).map(([name, address]) => [name, scalarText(address) ?? ''])
    : (isList(value) ? texts(value) : []).map((entry) => {
        const cut = entry.search(/[:=]/)
        return [entry.slice(0, cut), entry.slice(cut + 1)]
      })
  if (hosts.length === 0) return undefined
  return object(
    hosts.map(([key, address]) => ({
      key,
      value: textCode(readText(address.replace(/^\[(.*)\]$/, '$1')), scope),
    })),
  )
}

const labelsCode = (value: Value | undefined, scope: Scope): Code | undefined => {
  const labels = Object.entries(isMapping(value) ? value : {}).filter(
    ([key]) => !/^(com\.docker\.compose|dev\.mesocosm)/.test(key),
  )
  if (labels.length === 0) return undefined
  return object(
    labels.map(([key, label]) => {
      const text = scalarText(label)
      return { key, value: text === undefined ? string('') : textCode(readText(text), scope) }
    }),
  )
}

const deployRemarks = (deploy: Value | undefined): Remark[] =>
  Object.keys(isMapping(deploy) ? deploy : {}).flatMap((key): Remark[] => {
    if (key === 'replicas')
      return [
        {
          key: 'deploy.replicas',
          text: 'a service is one container; declare more services instead.',
        },
      ]
    if (key !== 'resources')
      return [{ key: `deploy.${key}`, text: 'there is no cluster to deploy to.' }]
    return at(deploy, 'resources', 'reservations') === undefined
      ? []
      : [{ key: 'deploy.resources.reservations', text: 'only limits are supported.' }]
  })
