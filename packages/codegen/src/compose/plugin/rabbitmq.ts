import { number } from '../print/code.ts'
import type { Draft, Port } from '../service/draft.ts'
import { literal, sameText, type Text } from '../text/interpolation.ts'
import { hint, type Recognised, type Url, type UrlPart } from './choice.ts'
import { foreignKey, imageOf, isNewest } from './image.ts'

const packageName = '@mesocosm/rabbitmq'
const what = 'runs one server and gives each lane its own virtual host'

/** Recognises the official image, with at most a user, a password and a virtual host. */
export const rabbitmqChoice = (draft: Draft): Recognised => {
  const image = imageOf(draft)
  if (image?.name !== 'rabbitmq' || image.owner !== '') return undefined
  const key = foreignKey(draft)
  if (key !== undefined) return hint(packageName, what, `of its \`${key}\``)
  if (image.major !== undefined && image.major < 4)
    return hint(packageName, what, 'it needs version 4 or later')
  const variable = draft.env.find((item) => !known.has(item.key))
  if (variable !== undefined) return hint(packageName, what, `of its variable ${variable.key}`)
  const [path] = draft.mounts
  if (path !== undefined) return hint(packageName, what, `of its mount on ${path.to}`)
  const value = (name: string): Text | undefined => {
    const found = draft.env.find((item) => item.key === name)?.value
    return typeof found === 'object'
      ? (found ?? undefined)
      : found === undefined
        ? undefined
        : [String(found)]
  }
  const user = value('RABBITMQ_DEFAULT_USER') ?? ['guest']
  const password = value('RABBITMQ_DEFAULT_PASS') ?? ['guest']
  const host = value('RABBITMQ_DEFAULT_VHOST') ?? ['/']
  return {
    choice: {
      package: packageName,
      callee: 'rabbitmq',
      options: isNewest(image) ? [] : [{ key: 'image', value: draft.source.entry.value }],
      ports: [amqpPort],
      remarks: [
        ...draft.env.map(({ key }) => ({ key, text: 'each lane gets its own user.' })),
        ...draft.ports
          .filter((port) => port.number !== amqpPort.number)
          .map((port) => ({
            key: `port ${port.number}`,
            text: 'the plugin publishes only the AMQP port.',
          })),
      ],
      url: (url) => urlParts(url, { user, password, host }),
      needed: ['url'],
    },
  }
}

// ---

const known = new Set([
  ...['RABBITMQ_DEFAULT_USER', 'RABBITMQ_DEFAULT_PASS', 'RABBITMQ_DEFAULT_VHOST'],
  ...['RABBITMQ_ERLANG_COOKIE', 'RABBITMQ_NODENAME'],
])

const amqpPort: Port = {
  name: 'amqp',
  number: 5672,
  code: number(5672),
  protocol: 'tcp',
  scheme: 'amqp',
  explicitScheme: false,
}

const urlParts = (
  url: Url,
  own: { readonly user: Text; readonly password: Text; readonly host: Text },
): readonly UrlPart[] | undefined => {
  if (url.scheme !== 'amqp') return undefined
  const path = literal(url.path)
  const isDefault = path === '' || path === '/' || path === '//' || path?.toLowerCase() === '/%2f'
  const sameHost = isDefault ? literal(own.host) === '/' : sameText(url.path, ['/', ...own.host])
  const same =
    sameText(url.user ?? ['guest'], own.user) && sameText(url.password ?? ['guest'], own.password)
  return same && sameHost ? [{ output: 'url' }] : undefined
}
