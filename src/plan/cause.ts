import { changes } from './config-hash.ts'
import type { DesiredService, ObservedService } from './desired.ts'

/** Returns why a program is created: what is missing, or what differs. */
export const causeOfMaking = (
  service: DesiredService,
  observed: ObservedService | undefined,
  hashes: { readonly sandbox: string; readonly program: string },
  forced: string | undefined,
): string => {
  const { sandbox, program } = observed ?? {}
  if (program === undefined && sandbox === undefined) return 'does not exist yet'
  if (sandbox === undefined) return 'its sandbox is gone'
  return summary([
    ...(forced === undefined ? [] : [forced]),
    ...difference(sandbox, service.sandbox, hashes.sandbox),
    ...(program?.spoiled ? ['its set-up failed'] : []),
    ...(program === undefined
      ? ['no program yet']
      : difference(program, service.program, hashes.program)),
  ])
}

// ---

const difference = <T extends DesiredService['program'] | DesiredService['sandbox']>(
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
