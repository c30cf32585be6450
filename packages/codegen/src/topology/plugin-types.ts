import type { AnyTopology, PluginTypes } from 'mesocosm'
import type { ServiceFindings } from '../model/findings.ts'

/** Returns the findings of services whose plugins write types of their own, such as those of an API's document. */
export const pluginFindings = ({ definition }: AnyTopology): ServiceFindings[] => {
  const taken = new Set<string>()
  return Object.entries(definition.services as Readonly<Record<string, Marked>>).flatMap(
    ([service, { [pluginMark]: mark }]) => {
      if (mark?.types === undefined) return []
      const wanted = pascal(service)
      let prefix = wanted
      for (let count = 2; taken.has(prefix); count += 1) prefix = `${wanted}${count}`
      taken.add(prefix)
      return [{ service, env: [], commands: [], client: mark.types(prefix) }]
    },
  )
}

// ---

/** The symbol by which `mesocosm` marks the definitions that plugins create. */
const pluginMark = Symbol.for('mesocosm.plugin')

interface Marked {
  readonly [pluginMark]?: { readonly types?: (prefix: string) => PluginTypes }
}

/** Starts with a letter, so that it can start a name. */
const pascal = (text: string): string =>
  text
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)
    .join('')
    .replace(/^(?=\d|$)/, 'S')
