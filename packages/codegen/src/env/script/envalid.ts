import { ts } from 'ts-morph'
import type { ValueType } from '../../model/value-type.ts'
import { described, type Field, typeOfLiterals, unknownField } from './field.ts'
import { literalsOf, optionOf, textOf } from './literals.ts'
import type { Modules } from './modules.ts'
import type { SchemaReader } from './schema-call.ts'
import { readShape } from './zod-shape.ts'

/** Reads `cleanEnv(process.env, { PORT: port({ default: 80 }) })` of envalid. */
export const readEnvalid: SchemaReader = (call, { modules }) => {
  const callee = modules.foreignOf(call.expression)
  if (callee?.module !== 'envalid' || !/^(customC|c)leanEnv$/.test(callee.path.at(-1) ?? ''))
    return undefined
  const [environment, specs] = call.arguments
  return {
    fields: readShape(specs, modules, readValidator),
    ...(environment === undefined ? {} : { environment }),
  }
}

const readValidator = (value: ts.Expression | undefined, modules: Modules): Field => {
  const node = value === undefined ? undefined : modules.resolved(value)
  if (node === undefined || !ts.isCallExpression(node)) return unknownField
  const callee = modules.foreignOf(node.expression)
  const [options] = node.arguments
  const type =
    callee?.module === 'envalid'
      ? (typeOfLiterals(literalsOf(optionOf(options, 'choices', modules), modules)) ??
        kinds.get(callee.path.at(-1) ?? ''))
      : undefined
  const gives = (name: string) => optionOf(options, name, modules) !== undefined
  const hasDefault = gives('default') || gives('devDefault')
  return described(
    {
      required: !hasDefault && !gives('requiredWhen'),
      hasDefault,
      ...(type === undefined ? {} : { type }),
    },
    textOf(optionOf(options, 'desc', modules), modules),
  )
}

const kinds: ReadonlyMap<string, ValueType> = new Map(
  Object.entries({
    num: 'number',
    port: 'number',
    bool: 'boolean',
    str: 'string',
    url: 'string',
    email: 'string',
    host: 'string',
    json: 'string',
  } as const).map(([name, kind]) => [name, { kind }]),
)
