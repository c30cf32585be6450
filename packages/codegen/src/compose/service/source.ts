import type { Remark } from '../note.ts'
import { type Code, objectOf, string } from '../print/code.ts'
import type { Scope } from '../print/scope.ts'
import { passedOn, textCode } from '../print/text-code.ts'
import { isUrl } from '../project/paths.ts'
import { literal, readText } from '../text/interpolation.ts'
import { isMapping, type Mapping, scalarText } from '../yaml/value.ts'
import { type BuildMounts, buildMounts } from './build-mounts.ts'
import type { Source } from './draft.ts'

/**
 * Returns the image of a service, or its build.
 *
 * @param secrets those of the Compose file by name.
 */
export const sourceOf = (
  keys: Mapping,
  placeholder: string,
  secrets: Mapping,
  scope: Scope,
): { readonly source: Source; readonly remarks: readonly Remark[] } => {
  const { build } = keys
  const image = scalarText(keys.image)
  const imageText = image === undefined ? undefined : readText(image)
  const fromImage: Source = {
    image: imageText,
    entry: { key: 'image', value: textCode(imageText ?? [placeholder], scope) },
  }
  if (!isMapping(build)) return { source: fromImage, remarks: [] }
  const obstacle = obstacleTo(build)
  if (obstacle !== undefined) {
    const text = `${obstacle}; build the image yourself and set its name.`
    return { source: fromImage, remarks: [{ key: 'build', text }] }
  }
  const mounts = buildMounts(build, secrets, scope)
  const others = Object.keys(build).filter((key) => !carried.has(key) && !key.startsWith('x-'))
  return {
    source: { image: undefined, entry: { key: 'build', value: buildCode(build, mounts, scope) } },
    remarks: [
      ...(image === undefined
        ? []
        : [{ key: 'image', text: 'built images are named by a hash of their content.' }]),
      ...mounts.remarks,
      ...others.map((key) => ({
        key: `build.${key}`,
        text: 'this build option is not supported.',
      })),
    ],
  }
}

// ---

const carried = new Set([
  ...['context', 'dockerfile', 'dockerfile_inline', 'target', 'args'],
  ...['platforms', 'cache_from', 'secrets', 'ssh'],
])

const obstacleTo = (build: Mapping): string | undefined => {
  const context = scalarText(build.context) ?? '.'
  return isUrl(context) ? `${context} is a remote build context` : undefined
}

const buildCode = (build: Mapping, mounts: BuildMounts, scope: Scope): Code => {
  const text = (key: string): Code | undefined => {
    const value = scalarText(build[key])
    return value === undefined ? undefined : textCode(readText(value), scope)
  }
  const dockerfile = scalarText(build.dockerfile)
  const args = isMapping(build.args) ? Object.entries(build.args) : []
  const fields = {
    dockerfile:
      dockerfile === undefined || /^(\.\/)?Dockerfile$/.test(dockerfile)
        ? undefined
        : text('dockerfile'),
    dockerfileInline: text('dockerfile_inline'),
    target: text('target'),
    args:
      args.length === 0
        ? undefined
        : objectOf(
            Object.fromEntries(args.map(([key, value]) => [key, argCode(key, value, scope)])),
          ),
    ...mounts.fields,
  }
  const context = readText(scalarText(build.context) ?? '.')
  const plain = literal(context)
  const code = plain === undefined ? textCode(context, scope) : string(plain)
  const short = Object.values(fields).every((field) => field === undefined)
  return short ? code : objectOf({ context: code, ...fields })
}

const argCode = (key: string, value: Mapping[string] | undefined, scope: Scope): Code => {
  const text = scalarText(value)
  if (text !== undefined) return textCode(readText(text), scope)
  // A build argument without a value comes from the environment.
  const code = passedOn(key, scope)
  return code.kind === 'expression' ? { ...code, text: `${code.text} ?? ''` } : code
}
