import { MesocosmError } from 'mesocosm'

/** @throws {MesocosmError} `ARGUMENT_INVALID` if a service has the name of a fixture of Playwright. */
export const assertNames = (services: readonly string[]): void => {
  const taken = services.filter((name) => reserved.has(name))
  if (taken.length === 0) return
  throw new MesocosmError({
    code: 'ARGUMENT_INVALID',
    message: `services ${taken.join(', ')} have names of fixtures of Playwright`,
    remedy: 'rename them: a test could not ask for both',
    facts: { services: taken },
  })
}

// ---

/** `lane` is ours; options of Playwright, such as `baseURL`, are in camel case as well and rarely names of services. */
const reserved = new Set([
  'lane',
  'browser',
  'browserName',
  'context',
  'page',
  'request',
  'playwright',
  'baseURL',
  'trace',
  'video',
  'screenshot',
])
