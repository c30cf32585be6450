import { expect, test } from 'vitest'
import { hostNames } from './host-names.ts'

test('hostNames returns names, aliases and extra hosts of all services, each once', () => {
  expect(
    hostNames({
      db: { image: 'a', aliases: ['postgres', 'db'] },
      api: { image: 'b', extraHosts: { 'mail.example': '192.0.2.1' } },
    }),
  ).toEqual(['db', 'postgres', 'api', 'mail.example'])
})
