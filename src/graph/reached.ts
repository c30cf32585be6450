import { own } from '../model/record.ts'
import { localSpecOf, type ServiceSpec } from '../model/service-spec.ts'
import type { Template } from '../model/template.ts'
import { refParts, splitRef } from './references.ts'

/**
 * Returns the services whose addresses are in the environment of a service, also through outputs, and itself. References
 * with `wait: false` count: the value is needed although the service is not.
 */
export const reachedServices = (
  services: Readonly<Record<string, ServiceSpec>>,
  name: string,
): string[] => {
  const spec = own(services, name)
  const found = new Set([name])
  const seen = new Set<string>()
  const open: { from: string; template: Template }[] = [
    ...Object.values(spec?.env ?? {}),
    ...Object.values(localSpecOf(spec ?? {})?.env ?? {}),
  ].map((template) => ({ from: name, template }))
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const { ref } of refParts(next.template)) {
      const target = splitRef(ref)
      if (target === undefined) continue
      const service = target.service === 'self' ? next.from : target.service
      const key = `${service}.${target.output}`
      const declared = own(services, service)
      if (declared === undefined || seen.has(key)) continue
      seen.add(key)
      found.add(service)
      const output = own(declared.outputs, target.output)
      if (output !== undefined) open.push({ from: service, template: output })
    }
  }
  return [...found]
}
