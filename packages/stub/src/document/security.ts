import type { SecurityScheme } from '../model.ts'
import { child, elementsOf, fieldsOf, membersOf, type Place } from './place.ts'
import type { Reader } from './reader.ts'

/** Compiles the security schemes of a document. */
export const compileSecurity = (
  schemes: Place,
  reader: Reader,
): Readonly<Record<string, SecurityScheme>> =>
  Object.fromEntries(
    membersOf(schemes).flatMap(([name, written]) => {
      const at = reader.follow(written)
      const scheme = at && compileScheme(at, reader)
      return scheme === undefined ? [] : [[name, scheme]]
    }),
  )

/** Returns the alternatives that an operation accepts: its own, or those of the document. */
export const securityOf = (
  own: Place,
  common: Place,
  schemes: Readonly<Record<string, SecurityScheme>>,
  reader: Reader,
): readonly (readonly string[])[] =>
  elementsOf(own.value === undefined ? common : own).map((alternative) =>
    Object.keys(fieldsOf(alternative.value) ?? {}).filter((name) => {
      if (Object.hasOwn(schemes, name)) return true
      reader.fault(child(alternative, name), 'is not among components.securitySchemes')
      return false
    }),
  )

// ---

const compileScheme = (at: Place, reader: Reader): SecurityScheme | undefined => {
  const { type, in: where, name, scheme } = fieldsOf(at.value) ?? {}
  switch (type) {
    case 'apiKey':
      if (where !== 'header' && where !== 'query' && where !== 'cookie') {
        reader.fault(at, 'must be in header, query or cookie')
        return undefined
      }
      if (typeof name !== 'string') {
        reader.fault(at, 'must have a name')
        return undefined
      }
      return { kind: 'key', in: where, name }
    case 'http':
      if (typeof scheme === 'string') return { kind: 'http', scheme: scheme.toLowerCase() }
      reader.fault(at, 'must have a scheme, such as bearer')
      return undefined
    case 'oauth2':
    case 'openIdConnect':
      return { kind: 'http', scheme: 'bearer' }
    case 'mutualTLS':
      // The stub speaks plain HTTP.
      return { kind: 'none' }
    default:
      reader.fault(at, `must have a type that OpenAPI has, not ${JSON.stringify(type)}`)
      return undefined
  }
}
