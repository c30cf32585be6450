import { optionOf } from './literals.ts'
import { type SchemaReader, throughMapping } from './schema-call.ts'
import { readShape } from './zod-shape.ts'

/** Reads `createEnv({ server, client, shared, runtimeEnv })` of t3-env. */
export const readT3Env: SchemaReader = (call, { modules, isEnv }) => {
  const callee = modules.foreignOf(call.expression)
  if (callee?.path.at(-1) !== 'createEnv' || !callee.module.startsWith('@t3-oss/env-'))
    return undefined
  const [options] = call.arguments
  const shapes = ['server', 'client', 'shared'].map((part) => optionOf(options, part, modules))
  const fields = new Map(shapes.flatMap((shape) => [...(readShape(shape, modules) ?? [])]))
  if (shapes.some((shape) => shape !== undefined && readShape(shape, modules) === undefined))
    return { fields: fields.size > 0 ? fields : undefined }
  const source = ['runtimeEnvStrict', 'runtimeEnv', 'experimental__runtimeEnv']
    .map((name) => optionOf(options, name, modules))
    .find((one) => one !== undefined)
  if (source === undefined || isEnv(source)) return { fields }
  const mapped = throughMapping(fields, source, { modules, isEnv })
  // Next.js lists only the client's variables; the server's are read from the environment directly.
  const isPart = optionOf(options, 'experimental__runtimeEnv', modules) === source
  return { fields: isPart ? new Map([...fields, ...mapped]) : mapped }
}
