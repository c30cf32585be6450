import type { Draft } from '../service/draft.ts'
import { withPort } from '../service/read-service.ts'
import { flatten } from '../text/flatten.ts'
import { defaultOf } from '../text/interpolation.ts'
import { mentions } from './mention.ts'
import { targetOf } from './target.ts'

/** Adds the ports that other services connect to, because Compose does not require them to be declared. */
export const inferPorts = (drafts: readonly Draft[]): Draft[] => {
  const targets = drafts.map((draft) => targetOf(draft, undefined))
  const used = new Map<string, Set<number>>()
  for (const draft of drafts)
    for (const { value } of draft.env) {
      if (typeof value !== 'object' || value === null) continue
      const flat = flatten(value)
      for (const { target, port } of mentions(flat.string, targets)) {
        const number = Number(port === undefined ? undefined : defaultOf(flat.unflatten(port)))
        if (target.name === draft.name || !Number.isInteger(number)) continue
        if (number < 1 || number > 65_535) continue
        used.set(target.name, (used.get(target.name) ?? new Set()).add(number))
      }
    }
  return drafts.map((draft) =>
    [...(used.get(draft.name) ?? [])]
      .filter(
        (port) =>
          !draft.ports.some(({ number, protocol }) => number === port && protocol === 'tcp'),
      )
      .reduce(withPort, draft),
  )
}
