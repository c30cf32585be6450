import type { Parameter, ParameterPlace } from '../model.ts'
import type { Compiling } from './compile.ts'
import { child, elementsOf, fieldsOf, membersOf, type Place } from './place.ts'

/** Compiles the parameters of an operation; its own replace those of its path with the same name and place. */
export const compileParameters = (
  path: string,
  operation: Place,
  lists: readonly Place[],
  compiling: Compiling,
): readonly Parameter[] => {
  const { reader } = compiling
  const found = new Map<string, Parameter>()
  for (const list of lists) {
    if (list.value !== undefined && !Array.isArray(list.value))
      reader.fault(list, 'must be an array')
    for (const written of elementsOf(list)) {
      const at = reader.follow(written)
      const parameter = at && compileParameter(path, at, compiling)
      if (parameter !== undefined) found.set(`${parameter.in} ${parameter.name}`, parameter)
    }
  }
  for (const [, name = ''] of path.matchAll(/\{([^}]*)\}/g))
    if (!found.has(`path ${name}`))
      reader.fault(operation, `must have a parameter ${JSON.stringify(name)} in path`)
  return [...found.values()].filter((parameter) => !isDescribedElsewhere(parameter))
}

// ---

const styles: Readonly<Record<ParameterPlace, readonly [string, ...string[]]>> = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  header: ['simple'],
  cookie: ['form'],
}

/** Headers that OpenAPI describes by content and security. */
const isDescribedElsewhere = (parameter: Parameter): boolean =>
  parameter.in === 'header' && ['accept', 'content-type', 'authorization'].includes(parameter.name)

const compileParameter = (
  path: string,
  at: Place,
  { reader, schemas }: Compiling,
): Parameter | undefined => {
  const fields = fieldsOf(at.value) ?? {}
  const { name, in: where, required } = fields
  if (typeof name !== 'string' || name === '') {
    reader.fault(at, 'must have a name')
    return undefined
  }
  if (typeof where !== 'string' || !Object.hasOwn(styles, where)) {
    reader.fault(
      at,
      `${name} must be in path, query, header or cookie, not ${JSON.stringify(where)}`,
    )
    return undefined
  }
  const place = where as ParameterPlace
  if (place === 'path' && required !== true) reader.fault(at, `${name} must be required: true`)
  if (place === 'path' && !path.includes(`{${name}}`))
    reader.fault(at, `${name} is not a part of ${path}`)
  const style = fields.style ?? styles[place][0]
  if (!styles[place].includes(style as string))
    reader.fault(child(at, 'style'), `must be ${styles[place].join(' or ')} in ${place}`)
  const schema = child(at, 'schema')
  const [media] = membersOf(child(at, 'content'))
  if (schema.value === undefined && media === undefined)
    reader.fault(at, `${name} must have a schema`)
  const written = media === undefined ? schema : child(media[1], 'schema')
  return {
    name: place === 'header' ? name.toLowerCase() : name,
    in: place,
    required: required === true,
    style: String(style),
    explode: typeof fields.explode === 'boolean' ? fields.explode : style === 'form',
    schema: written.value === undefined ? true : schemas.compile(written),
    ...(media !== undefined && /json/i.test(media[0]) ? { json: true as const } : {}),
  }
}
