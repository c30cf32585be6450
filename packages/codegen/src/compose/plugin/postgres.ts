import type { Remark } from '../note.ts'
import { type Code, type Entry, number, object, string, strings } from '../print/code.ts'
import type { Scope } from '../print/scope.ts'
import { textCode } from '../print/text-code.ts'
import type { Draft, Port } from '../service/draft.ts'
import { literal, sameText, type Text } from '../text/interpolation.ts'
import { hint, type Recognised, type Url, type UrlPart } from './choice.ts'
import { foreignKey, imageOf, isNewest } from './image.ts'

const packageName = '@mesocosm/postgres'
const what = 'runs one server and gives each lane its own database'

/** Recognises `postgres:15` and later, if the service has only settings that the plugin supports. */
export const postgresChoice = (draft: Draft, scope: Scope): Recognised => {
  const image = imageOf(draft)
  if (image?.name !== 'postgres' || image.owner !== '') return undefined
  const obstacle = obstacleTo(draft)
  if (obstacle !== undefined) return hint(packageName, what, obstacle)
  if (image.major !== undefined && image.major < 15)
    return hint(packageName, what, 'it needs version 15 or later')
  const settings = settingsIn(draft.command)
  if (settings === undefined) return hint(packageName, what, 'of its command')
  const user = variableOf(draft, 'POSTGRES_USER') ?? ['postgres']
  const password = variableOf(draft, 'POSTGRES_PASSWORD') ?? ['postgres']
  const database = variableOf(draft, 'POSTGRES_DB') ?? user
  const init = draft.mounts.filter(({ to }) => to.startsWith(initFolder))
  const options: (Entry | undefined)[] = [
    isNewest(image) ? undefined : { key: 'image', value: draft.source.entry.value },
    init.length === 0 ? undefined : { key: 'init', value: strings(init.map(({ from }) => from)) },
    literal(database) === 'postgres'
      ? undefined
      : { key: 'database', value: valueCode(database, scope) },
    literal(user) === 'postgres' ? undefined : { key: 'user', value: valueCode(user, scope) },
    literal(password) === 'postgres'
      ? undefined
      : { key: 'password', value: valueCode(password, scope) },
    settings.length === 0 ? undefined : { key: 'settings', value: settingsCode(settings) },
  ]
  return {
    choice: {
      package: packageName,
      callee: 'postgres',
      options: options.flatMap((option) => option ?? []),
      ports: [sqlPort],
      remarks: remarksOn(
        draft,
        init.map(({ from }) => from),
      ),
      url: (url) => urlParts(url, { user, password, database }),
      values: [
        { key: /user(_?name)?$/i, value: user, output: 'user' },
        { key: /pass(word|wd)?$/i, value: password, output: 'password' },
        { key: /(db|database|(db|database)_?name)$/i, value: database, output: 'database' },
      ],
      needed: ['url', 'database'],
    },
  }
}

// ---

const initFolder = '/docker-entrypoint-initdb.d'

const sqlPort: Port = {
  name: 'sql',
  number: 5432,
  code: number(5432),
  protocol: 'tcp',
  scheme: 'postgres',
  explicitScheme: true,
}

const known = new Set(['POSTGRES_USER', 'POSTGRES_PASSWORD', 'POSTGRES_DB'])
const dropped = new Set([
  ...['PGDATA', 'POSTGRES_INITDB_ARGS', 'POSTGRES_HOST_AUTH_METHOD', 'PGUSER', 'PGPASSWORD'],
  ...['PGDATABASE', 'PGPORT', 'TZ'],
])

const obstacleTo = (draft: Draft): string | undefined => {
  const key = foreignKey(draft, 'command')
  if (key !== undefined) return `of its \`${key}\``
  const variable = draft.env.find(({ key }) => !known.has(key) && !dropped.has(key))
  if (variable !== undefined) return `of its variable ${variable.key}`
  const path = draft.mounts.find(
    ({ from, to }) =>
      !(
        to === initFolder ||
        to === `${initFolder}/` ||
        (to.startsWith(`${initFolder}/`) && /\.sql$/.test(to) && /\.sql$/.test(from))
      ),
  )
  return path === undefined ? undefined : `of its mount on ${path.to}`
}

/** Settings of `postgres -c key=value …`; `undefined` for other commands. */
const settingsIn = (
  command: readonly Text[] | undefined,
): readonly (readonly [string, string])[] | undefined => {
  const all = (command ?? []).map(literal)
  const [program, ...rest] = all
  if (program === undefined) return all.length === 0 ? [] : undefined
  if (program !== 'postgres') return undefined
  const settings: [string, string][] = []
  const words = rest.flatMap((word, index) =>
    word === '-c' && rest[index + 1] !== undefined ? [] : [word],
  )
  for (const word of words) {
    const [, key, value] = /^(?:--)?(\w[\w.]*)=(.*)$/s.exec(word ?? '') ?? []
    if (key === undefined || value === undefined) return undefined
    settings.push([key, value])
  }
  return settings
}

const settingsCode = (settings: readonly (readonly [string, string])[]): Code =>
  object(
    settings.map(([key, value]) => ({
      key,
      value: /^[1-9]\d*$/.test(value) ? number(Number(value)) : string(value),
    })),
  )

const remarksOn = (draft: Draft, init: readonly string[]): Remark[] => [
  ...draft.env
    .filter(({ key }) => dropped.has(key))
    .map(({ key }) => ({ key, text: 'the plugin configures the server.' })),
  ...init
    .filter((path) => !path.endsWith('.sql'))
    .map((path) => ({
      key: `volume ${path}`,
      text: 'only the .sql files of this folder are run.',
    })),
]

/** Returns a variable's value; one that comes from the host's environment is a reference to it. */
const variableOf = (draft: Draft, name: string): Text | undefined => {
  const item = draft.env.find(({ key }) => key === name)
  if (item === undefined) return undefined
  if (item.value === null) return [{ name }]
  return typeof item.value === 'object' ? item.value : [String(item.value)]
}

const valueCode = (value: Text, scope: Scope): Code => {
  const [only, ...others] = value
  return others.length === 0 && typeof only === 'object' && only.operator === undefined
    ? textCode([{ ...only, operator: '-', word: [] }], scope)
    : textCode(value, scope)
}

const urlParts = (
  url: Url,
  own: { readonly user: Text; readonly password: Text; readonly database: Text },
): readonly UrlPart[] | undefined => {
  if (!/^postgres(ql)?(\+\w+)?$/.test(url.scheme)) return undefined
  const same =
    url.user !== undefined &&
    sameText(decoded(url.user), own.user) &&
    (url.password === undefined || sameText(decoded(url.password), own.password)) &&
    sameText(url.path, ['/', ...own.database])
  if (!same) return undefined
  if (url.scheme === 'postgres' && url.password !== undefined) return [{ output: 'url' }]
  return [
    { text: [`${url.scheme}://`] },
    { text: url.user ?? [] },
    ...(url.password === undefined ? [] : passwordParts(url.password)),
    { text: ['@'] },
    { output: 'host' },
    { text: [':'] },
    { output: 'port' },
    { text: ['/'] },
    { output: 'database' },
  ]
}

/** Keeps passwords with special characters, because the output is not URL-encoded. */
const passwordParts = (password: Text): readonly UrlPart[] =>
  /^[\w.-]*$/.test(literal(password) ?? '%')
    ? [{ text: [':'] }, { output: 'password' }]
    : [{ text: [':', ...password] }]

const decoded = (text: Text): Text =>
  text.map((part) => {
    if (typeof part !== 'string') return part
    try {
      return decodeURIComponent(part)
    } catch {
      // Not URL-encoded.
      return part
    }
  })
