import { number, string } from '../print/code.ts'
import type { Draft, Port } from '../service/draft.ts'
import { hint, type Recognised } from './choice.ts'
import { foreignKey, imageOf } from './image.ts'

const packageName = '@mesocosm/mailhog'
const what = 'runs this server with a client that waits for mail'

/** Recognises Mailpit, MailHog and MailDev with their default settings. */
export const mailChoice = (draft: Draft): Recognised => {
  const image = imageOf(draft)
  const server = image === undefined ? undefined : servers.get(image.name.toLowerCase())
  if (image === undefined || server === undefined) return undefined
  const ports = [mailPort('smtp', 1025), mailPort('http', server === 'maildev' ? 1080 : 8025)]
  const key = foreignKey(draft)
  if (key !== undefined) return hint(packageName, what, `of its \`${key}\``)
  const moved = draft.ports.find((port) => !ports.some((own) => own.number === port.number))
  if (moved !== undefined) return hint(packageName, what, `of its port ${moved.number}`)
  const variable = draft.env.find((item) => !item.key.startsWith('MP_'))
  if (variable !== undefined) return hint(packageName, what, `of its variable ${variable.key}`)
  return {
    choice: {
      package: packageName,
      callee: 'mailhog',
      options: server === 'mailpit' ? [] : [{ key: 'server', value: string(server) }],
      ports,
      remarks: [
        { key: 'image', text: 'the plugin uses a pinned image.' },
        ...draft.env.map(({ key }) => ({ key, text: 'the plugin configures the server.' })),
      ],
      needed: [],
    },
  }
}

// ---

const servers: ReadonlyMap<string, string> = new Map([
  ['mailpit', 'mailpit'],
  ['mailhog', 'mailhog'],
  ['maildev', 'maildev'],
])

const mailPort = (name: string, port: number): Port => ({
  name,
  number: port,
  code: number(port),
  protocol: 'tcp',
  scheme: name,
  explicitScheme: true,
})
