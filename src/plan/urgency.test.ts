import { expect, test } from 'vitest'
import type { DesiredService } from './desired.ts'
import { urgency } from './urgency.ts'

const group = (needs: Readonly<Record<string, readonly string[]>>) => ({
  group: 'lane_1',
  services: Object.fromEntries(
    Object.entries(needs).map(([name, others]) => [
      name,
      {
        name,
        dependsOn: Object.fromEntries(others.map((other) => [other, 'healthy'])),
      } as unknown as DesiredService,
    ]),
  ),
})

test('a service is as urgent as the longest chain of services that wait for it', () => {
  const found = urgency(group({ db: [], api: ['db'], web: ['api', 'db'], mail: [] }))
  expect(Object.fromEntries(found)).toEqual({ db: 2, api: 1, web: 0, mail: 0 })
})

test('dependencies outside of the group do not count', () => {
  expect(urgency(group({ api: ['db'] })).get('api')).toBe(0)
})
