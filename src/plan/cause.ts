import { changes } from './config-hash.ts'
import type { DesiredService, ObservedService } from './desired.ts'

/** Why a program is made: what is missing, or what differs. */
export const causeOfMaking = (
  service: DesiredService,
  observed: ObservedService | undefined,
  hashes: { readonly place: string; readonly program: string },
  forced: boolean,
): string => {
  const { holder, program } = observed ?? {}
  if (program === undefined && holder === undefined) return 'not there yet'
  if (holder === undefined) return 'its holder is gone'
  return summary([
    ...(forced ? ['deep reset'] : []),
    ...difference(holder, service.place, hashes.place),
    ...(program === undefined
      ? ['no program yet']
      : difference(program, service.program, hashes.program)),
  ])
}

// ---

const difference = <T extends DesiredService['program'] | DesiredService['place']>(
  before: { readonly hash: string; readonly config?: T },
  after: T,
  hash: string,
): string[] => {
  if (before.hash === hash) return []
  const words = before.config === undefined ? [] : changes(before.config, after)
  return words.length > 0 ? words : ['configuration changed']
}

const summary = (words: readonly string[]): string =>
  words.length > 4
    ? `${words.slice(0, 3).join(', ')} and ${words.length - 3} more`
    : words.join(', ')
