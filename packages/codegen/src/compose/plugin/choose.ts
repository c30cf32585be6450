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

/** Result of {@link choosePlugins}. */
export interface Choices {
  /** Chosen plugins, by service. */
  readonly choices: ReadonlyMap<string, Choice>
  /** Why a plugin was not used, by service. */
  readonly remarks: ReadonlyMap<string, Remark>
}

/** Chooses plugins for services that they can replace without a visible difference. */
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
    const blocker = choice === undefined ? undefined : blockingService(draft, choice, drafts)
    if (choice === undefined || blocker === undefined) continue
    choices.delete(draft.name)
    remarks.set(draft.name, {
      key: 'image',
      text: `${choice.package} gives each lane its own data on one server; not used because the environment of ${blocker} does not show how it connects.`,
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

/** Returns a service that uses the server, but would not connect to the data of its lane. */
const blockingService = (
  server: Draft,
  choice: Choice,
  drafts: readonly Draft[],
): string | undefined => {
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
