import { expect, test } from 'vitest'
import { fixturesOf, setUpFixtures } from './fixtures.ts'

const known = { services: ['api', 'db'], others: ['t'] }
const asked = (fn: unknown) => fixturesOf(fn, known, 'the test "signs up"')

test('a function gets what it destructures, services in the order of their start', () => {
  expect(asked(({ t, db, api: { http: _ }, lane }: never) => [t, db, lane])).toEqual([
    'api',
    'db',
    'lane',
    't',
  ])
  expect(asked(() => {})).toEqual([])
  // biome-ignore lint/correctness/noEmptyPattern: a test may be written this way
  expect(asked(async ({}) => {})).toEqual([])
})

test('unknown names and rest elements are refused, all at once', () => {
  expect(() => asked(({ apii, ...rest }: Record<string, unknown>) => [apii, rest])).toThrow(
    expect.objectContaining({
      code: 'ARGUMENT_INVALID',
      message: expect.stringContaining('the test "signs up" has 2 faults'),
      details: [
        'apii: unknown fixture; did you mean "api"?',
        '...rest: a rest element names no service',
      ],
    }),
  )
})

test('a parameter that is not destructured is refused with what to write', () => {
  expect(() => asked((context: unknown) => context)).toThrow(
    /must be destructured, such as \(\{ lane \}\)[\s\S]*destructure any of api, db, lane, t/,
  )
})

test('services are started one after the other, and what the integration adds is passed on', async () => {
  const started: string[] = []
  const attempt = {
    lane: 'the lane',
    use: async (name: string) => {
      started.push(name)
      return `handle of ${name}`
    },
  }
  const fixtures = await setUpFixtures(attempt as never, ['api', 'db', 'lane', 't'], { t: 1 })
  expect(fixtures).toEqual({
    api: 'handle of api',
    db: 'handle of db',
    lane: 'the lane',
    t: 1,
  })
  expect(started).toEqual(['api', 'db'])
})
