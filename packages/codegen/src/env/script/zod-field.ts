import { ts } from 'ts-morph'
import type { ValueType } from '../../model/value-type.ts'
import {
  defaulted,
  described,
  either,
  type Field,
  optional,
  typeOfLiterals,
  unknownField,
} from './field.ts'
import { type Literal, literalOf, literalsOf, objectOf, optionOf, textOf } from './literals.ts'
import type { Modules } from './modules.ts'
import { methodCall, returnedBy, zodName } from './zod-names.ts'

/** Reads the zod schema of one variable. Anything unknown counts as an optional string. */
export const readZodField = (
  expression: ts.Expression | undefined,
  modules: Modules,
  depth = 0,
): Field => {
  if (expression === undefined || depth > deepest) return unknownField
  const node = modules.resolved(expression)
  const again = (inner: ts.Expression | undefined) => readZodField(inner, modules, depth + 1)
  // `isTest ? z.string().optional() : z.url()`
  if (ts.isConditionalExpression(node)) return either(again(node.whenTrue), again(node.whenFalse))
  if (!ts.isCallExpression(node)) return unknownField
  const name = zodName(node.expression, modules)
  if (name !== undefined) return made(name, node.arguments, again, modules)
  const call = methodCall(node)
  return call === undefined
    ? unknownField
    : refined(again(call.object), call.method, call.args, again, modules)
}

type Again = (inner: ts.Expression | undefined) => Field

/** `z.name(…)` */
const made = (
  path: readonly string[],
  args: readonly ts.Expression[],
  again: Again,
  modules: Modules,
): Field => {
  const name = path.at(-1) ?? ''
  const [first, second] = args
  const isCoerced = path[0] === 'coerce'
  switch (name) {
    case 'optional':
    case 'nullish':
    case 'exactOptional':
      return optional(again(first))
    case '_default':
    case 'prefault':
    case 'catch':
      return defaulted(again(first))
    case 'nonoptional':
      return { ...again(first), required: true }
    case 'nullable':
    case 'readonly':
      return again(first)
    case 'lazy':
      return again(returnedBy(first))
    case 'pipe':
      return piped(again(first), again(second))
    case 'codec':
      return again(first)
    // The function can supply a missing value.
    case 'preprocess':
      return optional(again(second))
    case 'union':
    case 'xor':
      return union(first, again, modules)
    case 'intersection':
      return again(first)
    case 'enum':
      return required(typeOfLiterals(membersOf(first, modules)))
    case 'literal':
      return required(typeOfLiterals(literalsOf(first, modules) ?? one(literalOf(first, modules))))
    case 'date':
      return required(isCoerced ? { kind: 'string' } : undefined)
    case 'any':
    case 'unknown':
    case 'custom':
    case 'undefined':
    case 'void':
    case 'null':
    case 'never':
      return unknownField
    default:
      return required(kinds.get(name))
  }
}

/** `schema.method(…)` */
const refined = (
  field: Field,
  method: string,
  args: readonly ts.Expression[],
  again: Again,
  modules: Modules,
): Field => {
  const [first] = args
  switch (method) {
    case 'optional':
    case 'nullish':
    case 'exactOptional':
      return optional(field)
    case 'default':
    case 'prefault':
    case 'catch':
      return defaulted(field)
    case 'nonoptional':
      return { ...field, required: true }
    case 'unwrap':
    case 'removeDefault':
      return { ...field, required: true, hasDefault: false }
    case 'or':
      return either(field, again(first))
    case 'pipe':
      return piped(field, again(first))
    // Later methods check the function's result, not the variable.
    case 'transform':
      return { ...field, isMade: true }
    case 'describe':
      return described(field, textOf(first, modules))
    case 'meta':
      return described(
        field,
        textOf(optionOf(first, 'description', modules), modules) ??
          textOf(optionOf(first, 'title', modules), modules),
      )
    case 'exclude':
    case 'extract':
      return { ...field, ...chosen(field, method, literalsOf(first, modules)) }
    case 'check':
      return args.reduce((sum, arg) => described(sum, descriptionIn(arg, modules)), field)
    default:
      return field
  }
}

const deepest = 30

const kinds: ReadonlyMap<string, ValueType> = new Map([
  ...[
    'number int int32 uint32 float32 float64 bigint int64 uint64 nan',
    'boolean stringbool',
    'string email url httpUrl uuid uuidv4 uuidv6 uuidv7 guid cuid cuid2 ulid nanoid ksuid xid emoji base64 base64url jwt hex hash hostname ip ipv4 ipv6 cidrv4 cidrv6 mac e164 templateLiteral stringFormat datetime time duration',
  ].flatMap((names, index) =>
    names
      .split(' ')
      .map(
        (name) =>
          [name, { kind: (['number', 'boolean', 'string'] as const)[index] ?? 'string' }] as const,
      ),
  ),
])

const required = (type: ValueType | undefined): Field => ({
  required: true,
  hasDefault: false,
  ...(type === undefined ? {} : { type }),
})

/** `z.string().pipe(z.coerce.number())` is a number, unless a function transforms the value in between. */
const piped = (from: Field, to: Field): Field =>
  to.type === undefined || from.isMade || (from.type !== undefined && from.type.kind !== 'string')
    ? from
    : { ...from, type: to.type }

const union = (members: ts.Expression | undefined, again: Again, modules: Modules): Field => {
  const node = members === undefined ? undefined : modules.resolved(members)
  if (node === undefined || !ts.isArrayLiteralExpression(node)) return unknownField
  const absent = node.elements.filter((element) => isAbsent(element, modules))
  const [first, ...rest] = node.elements.filter((element) => !absent.includes(element)).map(again)
  if (first === undefined) return unknownField
  const all = rest.reduce(either, first)
  return absent.length > 0 ? optional(all) : all
}

/** `z.undefined()` makes a variable optional rather than giving it a type. */
const isAbsent = (element: ts.Expression, modules: Modules): boolean => {
  const node = modules.resolved(element)
  const name = ts.isCallExpression(node) ? zodName(node.expression, modules)?.[0] : undefined
  return name !== undefined && /^(undefined|null|void|never)$/.test(name)
}

/** The values of `z.enum([…])` and `z.enum({ a: 'x' })`. */
const membersOf = (
  expression: ts.Expression | undefined,
  modules: Modules,
): readonly Literal[] | undefined => {
  const list = literalsOf(expression, modules)
  const object = list === undefined ? objectOf(expression, modules) : undefined
  if (object === undefined) return list
  const values = object.properties.map((property) =>
    ts.isPropertyAssignment(property) ? literalOf(property.initializer, modules) : undefined,
  )
  return values.every((value) => value !== undefined) ? values.map(({ value }) => value) : undefined
}

const one = (literal: { readonly value: Literal } | undefined) => literal && [literal.value]

const chosen = (
  { type }: Field,
  method: 'exclude' | 'extract',
  names: readonly Literal[] | undefined,
): { readonly type?: ValueType } =>
  type?.kind !== 'enum' || names === undefined
    ? {}
    : {
        type: {
          kind: 'enum',
          values: type.values.filter((value) => names.includes(value) === (method === 'extract')),
        },
      }

/** zod/mini: `.check(z.describe('…'))`. */
const descriptionIn = (check: ts.Expression, modules: Modules): string | undefined => {
  const node = modules.resolved(check)
  if (!ts.isCallExpression(node)) return undefined
  const name = zodName(node.expression, modules)?.[0]
  if (name === 'describe') return textOf(node.arguments[0], modules)
  return name === 'meta'
    ? textOf(optionOf(node.arguments[0], 'description', modules), modules)
    : undefined
}
