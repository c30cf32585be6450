import type { PlannedStep } from '../event/event.ts'

/**
 * Parses a step of a plan as version 1 wrote it: `#4 start program api again  after #2 #3  (depends on db)`.
 *
 * @returns `undefined` if the text is not a step, such as `nothing to do`.
 */
export const parseStep = (text: string): PlannedStep | undefined => {
  const [, id, what, after = '', cause] = layout.exec(text) ?? []
  const action = actions.find((name) => what === name || what?.startsWith(`${name} `))
  if (what === undefined || action === undefined) return undefined
  const [object, ...rest] = what.slice(action.length + 1).split(' ')
  return {
    id: Number(id),
    do: todaysName(action),
    ...objectOf(action, object, rest),
    after: [...after.matchAll(/\d+/g)].map(Number),
    cause: cause ?? '',
  }
}

/** Returns today's name of an action: version 1 had another word for the sandbox container. */
export const todaysName = (action: string): string => action.replace(/ holder$/, ' sandbox')

// ---

const layout = /^#(\d+) (.+?)(?: {2}after ((?:#\d+ ?)+?))? {2}\((.*)\)$/

const actions = [
  'create network',
  'remove network',
  'start holder',
  'remove holder',
  'create program',
  'start program',
  'stop program',
  'remove program',
  'await ready',
  'await completed',
  'pause',
  'unpause',
  'connect',
  'disconnect',
]

const objectOf = (action: string, object: string | undefined, rest: readonly string[]) => {
  if (object === undefined || object === '') return {}
  if (action === 'remove network') return { network: object }
  const words = rest.join(' ')
  const container = /^[0-9a-f]{12}(?= |$)/.exec(words)?.[0]
  const grace = / within (\d+) ms$/.exec(words)?.[1]
  return {
    service: object,
    ...(container === undefined ? {} : { container }),
    ...(action === 'stop program' ? { graceMs: Number(grace ?? 0) } : {}),
    ...(words === 'again' ? { restart: true } : {}),
  }
}
