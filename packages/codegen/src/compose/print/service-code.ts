import type { Choice } from '../plugin/choice.ts'
import type { Arranged, ArrangedPart } from '../references/arrange.ts'
import type { Draft, Readiness } from '../service/draft.ts'
import { portCode } from '../service/ports.ts'
import {
  array,
  type Code,
  call,
  type Entry,
  expression,
  number,
  object,
  string,
  strings,
} from './code.ts'
import type { Scope } from './scope.ts'
import { passedOn, textCode } from './text-code.ts'

/** Returns the definition of a service. */
export const serviceCode = (
  draft: Draft,
  { env, dependsOn }: Arranged,
  readiness: Readiness | undefined,
  scope: Scope,
): Code => {
  const { settings } = draft
  return object(
    present({
      [draft.source.entry.key]: draft.source.entry.value,
      entrypoint: settings.entrypoint,
      command: settings.command,
      user: settings.user,
      workdir: settings.workdir,
      ports:
        draft.ports.length === 0
          ? undefined
          : object(draft.ports.map((port) => ({ key: port.name, value: portCode(port) }))),
      env: envCode(draft, env, scope),
      files: settings.files,
      mounts: settings.mounts,
      tmpfs: settings.tmpfs,
      dependsOn: dependsOnCode(dependsOn),
      ready: readiness?.probe,
      readyTimeoutMs: readiness?.timeoutMs === undefined ? undefined : number(readiness.timeoutMs),
      ...limits(draft),
    }),
    true,
  )
}

/** Returns the call of a plugin, with the limits of the service. */
export const pluginCode = (draft: Draft, choice: Choice, scope: Scope): Code => {
  scope.plugins.set(choice.package, choice.callee)
  const made = call(choice.callee, ...(choice.options.length === 0 ? [] : [object(choice.options)]))
  const more = present(limits(draft))
  return more.length === 0 ? made : object([{ spread: made }, ...more], true)
}

// ---

const limits = ({ settings, aliases }: Draft): Record<string, Code | undefined> => ({
  stopTimeoutMs: settings.stopTimeoutMs,
  platform: settings.platform,
  memoryMiB: settings.memoryMiB,
  cpus: settings.cpus,
  pidsLimit: settings.pidsLimit,
  shmSizeMiB: settings.shmSizeMiB,
  capAdd: settings.capAdd,
  capDrop: settings.capDrop,
  securityOpt: settings.securityOpt,
  init: settings.init,
  ulimits: settings.ulimits,
  sysctls: settings.sysctls,
  devices: settings.devices,
  extraHosts: settings.extraHosts,
  labels: settings.labels,
  aliases: aliases.length === 0 ? undefined : strings(aliases),
})

const present = (fields: Readonly<Record<string, Code | undefined>>): Entry[] =>
  Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]))

const envCode = (draft: Draft, env: Arranged['env'], scope: Scope): Code | undefined => {
  if (draft.env.length === 0 && draft.envFiles.length === 0) return undefined
  const files = draft.envFiles.map(({ path, required }): Entry => {
    scope.helpers.add('envFile')
    if (!required) scope.helpers.add('optionalEnvFile')
    return { spread: call(required ? 'envFile' : 'optionalEnvFile', textCode(path, scope)) }
  })
  const own = draft.env.map(({ key, value }): Entry => {
    const parts = env.get(key)
    if (parts !== undefined) return { key, value: partsCode(parts, scope) }
    if (value === null) return { key, value: passedOn(key, scope) }
    if (typeof value === 'number') return { key, value: expression(String(value)) }
    if (typeof value === 'boolean') return { key, value: expression(String(value)) }
    return { key, value: textCode(value, scope) }
  })
  return object([...files, ...own], own.length > 1)
}

const partsCode = (parts: readonly ArrangedPart[], scope: Scope): Code => {
  const codes = parts.map((part) => {
    if ('text' in part) return textCode(part.text, scope)
    scope.core.add('ref')
    const name = string(`${part.service}.${part.output}`)
    return part.wait === false
      ? call('ref', name, object([{ key: 'wait', value: expression('false') }]))
      : call('ref', name)
  })
  const [only, ...others] = codes
  return only !== undefined && others.length === 0 ? only : array(codes)
}

const dependsOnCode = (dependsOn: Arranged['dependsOn']): Code | undefined => {
  if (dependsOn.size === 0) return undefined
  if ([...dependsOn.values()].every((condition) => condition === 'healthy'))
    return strings([...dependsOn.keys()])
  return object([...dependsOn].map(([key, condition]) => ({ key, value: string(condition) })))
}
