import { number } from '../print/code.ts'
import type { Scope } from '../print/scope.ts'
import { textCode } from '../print/text-code.ts'
import type { Draft, Port } from '../service/draft.ts'
import { literal, sameText, type Text } from '../text/interpolation.ts'
import { hint, type Recognised, type Url, type UrlPart } from './choice.ts'
import { foreignKey, imageOf, isNewest } from './image.ts'

const packageName = '@mesocosm/redis'
const what = 'empties the server between tests and provides a client'

/** Recognises the official image of version 7 and later, with at most a password. */
export const redisChoice = (draft: Draft, scope: Scope): Recognised => {
  const image = imageOf(draft)
  if (image?.name !== 'redis' || image.owner !== '') return undefined
  const key = foreignKey(draft, 'command')
  if (key !== undefined) return hint(packageName, what, `of its \`${key}\``)
  if (image.major !== undefined && image.major < 7)
    return hint(packageName, what, 'it needs version 7 or later')
  const [variable] = draft.env
  if (variable !== undefined) return hint(packageName, what, `of its variable ${variable.key}`)
  const [path] = draft.mounts
  if (path !== undefined) return hint(packageName, what, `of its mount on ${path.to}`)
  const read = readCommand(draft.command ?? [])
  if (read === undefined) return hint(packageName, what, 'of its command')
  const { password } = read
  return {
    choice: {
      package: packageName,
      callee: 'redis',
      options: [
        ...(isNewest(image) ? [] : [{ key: 'image', value: draft.source.entry.value }]),
        ...(password === undefined ? [] : [{ key: 'password', value: textCode(password, scope) }]),
      ],
      ports: [redisPort],
      remarks: read.dropped.map((option) => ({
        key: `command ${option}`,
        text: 'the plugin keeps nothing on disk.',
      })),
      url: (url) => urlParts(url, password),
      ...(password === undefined
        ? {}
        : { values: [{ key: /pass(word|wd)?$/i, value: password, output: 'password' }] }),
      needed: [],
    },
  }
}

// ---

const redisPort: Port = {
  name: 'redis',
  number: 6379,
  code: number(6379),
  protocol: 'tcp',
  scheme: 'redis',
  explicitScheme: false,
}

/** Reads the password and drops persistence options, which do not matter to tests; `undefined` for other options. */
const readCommand = (
  command: readonly Text[],
): { password?: Text; dropped: readonly string[] } | undefined => {
  const [program, ...rest] = command
  if (program === undefined) return { dropped: [] }
  if (literal(program) !== 'redis-server') return undefined
  let password: Text | undefined
  const dropped: string[] = []
  for (let at = 0; at < rest.length; ) {
    const option = literal(rest[at] ?? []) ?? ''
    const values: Text[] = []
    for (at += 1; at < rest.length && !literal(rest[at] ?? [])?.startsWith('--'); at += 1)
      values.push(rest[at] ?? [])
    if (option === '--requirepass' && values.length === 1) password = values[0]
    else if (persistence.has(option)) dropped.push(option)
    else return undefined
  }
  return { ...(password === undefined ? {} : { password }), dropped }
}

const persistence = new Set([
  ...['--save', '--appendonly', '--appendfsync', '--dir', '--loglevel', '--bind'],
  ...['--protected-mode', '--dbfilename'],
])

const urlParts = (url: Url, password: Text | undefined): readonly UrlPart[] | undefined => {
  if (url.scheme !== 'redis') return undefined
  const given =
    url.password === undefined || literal(url.password) === '' ? undefined : url.password
  const named = url.user !== undefined && !['', 'default'].includes(literal(url.user) ?? '-')
  const same =
    given === undefined || password === undefined ? given === password : sameText(given, password)
  return same && !named ? [{ output: 'url' }, { text: url.path }] : undefined
}
