import type { Remark } from '../note.ts'
import type { Scope } from '../print/scope.ts'
import { namesHost } from '../references/mention.ts'
import { referring } from '../references/refer.ts'
import { targetOf } from '../references/target.ts'
import type { Draft } from '../service/draft.ts'
import type { Choice, Recognise } from './choice.ts'
import { mailChoice } from './mail.ts'
import { objectStorageHint } from './object-storage.ts'
import { postgresChoice } from './postgres.ts'
import { rabbitmqChoice } from './rabbitmq.ts'
import { redisChoice } from './redis.ts'

export interface Choices {
  /** By service. */
  readonly choices: ReadonlyMap<string, Choice>
  readonly remarks: ReadonlyMap<string, Remark>
}

/** Plugins for the services that they can stand for without anyone noticing. */
export const choosePlugins = (drafts: readonly Draft[], scope: Scope): Choices => {
  const choices = new Map<string, Choice>()
  const remarks = new Map<string, Remark>()
  for (const draft of drafts)
    for (const recognise of recognisers) {
      const found = recognise(draft, scope)
      if (found === undefined) continue
      if ('hint' in found) remarks.set(draft.name, found.hint)
      else choices.set(draft.name, found.choice)
      break
    }
  for (const draft of drafts) {
    const choice = choices.get(draft.name)
    const stranger = choice === undefined ? undefined : outsider(draft, choice, drafts)
    if (choice === undefined || stranger === undefined) continue
    choices.delete(draft.name)
    remarks.set(draft.name, {
      key: 'image',
      text: `${choice.package} gives every lane data of its own on one server; not used here, because how ${stranger} finds that is not plain from its environment.`,
    })
  }
  return { choices, remarks }
}

// ---

const recognisers: readonly ((
  ...args: [...Parameters<Recognise>, Scope]
) => ReturnType<Recognise>)[] = [
  postgresChoice,
  redisChoice,
  rabbitmqChoice,
  mailChoice,
  objectStorageHint,
]

/** A service that uses the server and would look in the wrong place. */
const outsider = (server: Draft, choice: Choice, drafts: readonly Draft[]): string | undefined => {
  if (choice.needed.length === 0) return undefined
  const target = targetOf(server, choice)
  return drafts.find((draft) => {
    if (draft.name === server.name) return false
    const elsewhere = draft.otherTexts.some((text) => namesHost(text, target))
    const depends = draft.dependsOn.some(({ composeName }) => composeName === server.composeName)
    const texts = draft.env.flatMap(({ value }) =>
      typeof value === 'object' && value !== null
        ? value.map((part) => (typeof part === 'string' ? part : ''))
        : [],
    )
    const mentioned = texts.some((text) => namesHost(text, target))
    if (!elsewhere && !depends && !mentioned) return false
    const taken = [...referring(draft, [target]).values()].flat()
    const outputs = taken.flatMap((part) => ('output' in part ? part.output : []))
    return elsewhere || !outputs.some((output) => choice.needed.includes(output))
  })?.name
}
