import { expect, test } from 'vitest'
import type { ServiceSpec } from '../model/service-spec.ts'
import { laneNames } from './lane-names.ts'

test('a lane is known by its name and by outputs that are others in every lane, not by URLs', () => {
  const db: ServiceSpec = {
    image: 'x',
    ports: { sql: { port: 5432, scheme: 'postgres' } },
    outputs: {
      user: 'postgres',
      database: ['app_', { ref: 'lane.name' }],
      url: ['postgres://', { ref: 'self.sql.host' }, '/', { ref: 'self.database' }],
    },
  }
  expect(laneNames({ db }, 'db', 'lane_1')).toEqual(['lane_1', 'app_lane_1'])
  expect(laneNames({ db: { image: 'x' } }, 'db', 'lane_1')).toEqual(['lane_1'])
})
