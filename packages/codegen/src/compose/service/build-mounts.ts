import type { Remark } from '../note.ts'
import { type Code, call, expression, objectOf, string, strings } from '../print/code.ts'
import { type Scope, variableIn } from '../print/scope.ts'
import { textCode } from '../print/text-code.ts'
import { defaultOf, readText } from '../text/interpolation.ts'
import { isList, isMapping, type Mapping, scalarText, texts, type Value } from '../yaml/value.ts'

/** What a build takes besides its files, with what could not be carried over. */
export interface BuildMounts {
  readonly fields: Readonly<Record<'platform' | 'cacheFrom' | 'secrets' | 'ssh', Code | undefined>>
  readonly remarks: readonly Remark[]
}

/**
 * Returns platform, caches, secrets and SSH agents of a build.
 *
 * @param declared secrets of the Compose file by name.
 */
export const buildMounts = (build: Mapping, declared: Mapping, scope: Scope): BuildMounts => {
  const platforms = texts(build.platforms)
  const caches = texts(build.cache_from).map(cacheImage)
  const known = caches.filter((image) => image !== undefined)
  const secrets = (isList(build.secrets) ? build.secrets : []).map((item) =>
    secretOf(item, declared, scope),
  )
  return {
    fields: {
      platform: platforms.length === 1 ? textCode(readText(platforms[0] ?? ''), scope) : undefined,
      cacheFrom: known.length === 0 ? undefined : strings(known),
      secrets: recordOf(secrets.map(({ id, code }) => [id, code])),
      ssh: sshCode(build.ssh, scope),
    },
    remarks: [
      ...(platforms.length > 1
        ? [
            {
              key: 'build.platforms',
              text: 'an image is built for one platform; set `platform` if that of the engine does not fit.',
            },
          ]
        : []),
      ...(known.length < caches.length
        ? [{ key: 'build.cache_from', text: 'only images can be caches.' }]
        : []),
      ...secrets.flatMap(({ id, code }) =>
        code === undefined
          ? [{ key: `build.secrets ${id}`, text: 'its content is not in the Compose file.' }]
          : [],
      ),
    ],
  }
}

// ---

/** `app:cache`, or `type=registry,ref=app:cache`; `undefined` for caches elsewhere. */
const cacheImage = (text: string): string | undefined => {
  const plain = defaultOf(readText(text)) ?? text
  if (!plain.includes('=')) return plain
  const options = new Map(plain.split(',').map((one) => one.split('=', 2) as [string, string]))
  return options.get('type') === 'registry' ? options.get('ref') : undefined
}

const secretOf = (
  item: Value,
  declared: Mapping,
  scope: Scope,
): { readonly id: string; readonly code: Code | undefined } => {
  const name = (isMapping(item) ? scalarText(item.source) : scalarText(item)) ?? ''
  const id = (isMapping(item) ? scalarText(item.target) : undefined) ?? name
  const source = declared[name]
  return { id, code: isMapping(source) ? contentOf(source, scope) : undefined }
}

const contentOf = (source: Mapping, scope: Scope): Code | undefined => {
  const file = scalarText(source.file)
  if (file !== undefined) return objectOf({ file: textCode(readText(file), scope) })
  const secret = (code: Code): Code => {
    scope.core.add('secret')
    return call('secret', code)
  }
  const content = scalarText(source.content)
  if (content !== undefined) return secret(textCode(readText(content), scope))
  const variable = scalarText(source.environment)
  if (variable === undefined) return undefined
  // Only the environment itself is known by the names of its variables.
  return scope.variables === 'process.env'
    ? objectOf({ env: string(variable) })
    : secret(expression(`${variableIn(scope, variable)} ?? ''`))
}

/** `default`, or `id=socket`. */
const sshCode = (value: Value | undefined, scope: Scope): Code | undefined => {
  const items = isMapping(value)
    ? Object.entries(value).map(([id, path]) => [id, scalarText(path)] as const)
    : texts(value ?? null).map((item) => {
        const [id = '', ...path] = item.split('=')
        return [id, path.length === 0 ? undefined : path.join('=')] as const
      })
  if (items.length === 1 && items[0]?.[0] === 'default' && items[0][1] === undefined)
    return expression('true')
  return recordOf(
    items.map(([id, path]) => [
      id,
      path === undefined
        ? expression(`${variableIn(scope, 'SSH_AUTH_SOCK')} ?? ''`)
        : textCode(readText(path), scope),
    ]),
  )
}

const recordOf = (entries: readonly (readonly [string, Code | undefined])[]): Code | undefined => {
  const known = entries.filter(([, code]) => code !== undefined)
  return known.length === 0 ? undefined : objectOf(Object.fromEntries(known))
}
