import { json, starting } from './scene-parts.ts'
import { SceneWriter } from './scene-writer.ts'
import { delivery, flaky, invoice, signUp, small } from './shop-tests.ts'

/*
 * A run of a shop's suite on two lanes, with everything that a report can show: a test that fails twice because the
 * worker crashes after a change of its environment, a flaky one, mails, objects, commands, spans, and shared servers.
 */

/** Writes the record of the run into a folder. */
export const writeShop = (folder: string): void => {
  const scene = new SceneWriter()
  begin(scene)
  signUp(scene, 1800, 'lane_1')
  delivery(scene, 3400, 'lane_2', 0)
  delivery(scene, 8600, 'lane_2', 1)
  invoice(scene, 5200, 'lane_1')
  flaky(scene, 9000, 'lane_1')
  small(scene, 7400, 'lane_1')
  scene.event('run.end', 14_200, {}, { status: 'no client' })
  scene.write(folder, { root: '/home/ann/projects/shop' })
}

// ---

const engine = {
  name: 'ci-7',
  version: '28.5.2',
  apiVersion: '1.51',
  architecture: 'amd64',
  cpus: 8,
}

const begin = (scene: SceneWriter): void => {
  scene.event(
    'run.start',
    0,
    {},
    {
      engine,
      root: '/home/ann/projects/shop',
      pid: 4711,
      git: { commit: '8c1f2e90b7d54a3c9e21f0a7', branch: 'main', changed: true },
    },
  )
  scene.event(
    'client',
    2,
    {},
    {
      client: 'vitest',
      pid: 4720,
      runtime: 'node 24.21.0',
      runner: 4710,
      argv: ['vitest', 'run'],
    },
  )
  const http = (port: number) => ({ http: { port, scheme: 'http' } })
  scene.event(
    'topology',
    3,
    {},
    {
      name: 'shop',
      services: {
        db: {
          kind: 'postgres',
          image: 'postgres:17',
          share: 'run',
          ports: { sql: { port: 5432, scheme: 'postgres' } },
        },
        mail: {
          kind: 'mailhog',
          image: 'mesocosm/mail',
          ports: { smtp: { port: 1025, scheme: 'smtp' }, ...http(8025) },
        },
        files: { kind: 's3-mock', image: 'mesocosm/s3', ports: http(9000) },
        pricing: { build: './pricing', ports: http(8000), env: { DISCOUNT_PERCENT: [] } },
        api: {
          build: './api',
          ports: http(3000),
          env: {
            DATABASE_URL: ['db.url'],
            SMTP_URL: ['mail.smtp.url'],
            S3_ENDPOINT: ['files.http.url'],
            PRICING_URL: ['pricing.http.url'],
            SIGNUP: [],
            INVOICE_LOCALE: [],
          },
          needs: { db: 'healthy', mail: 'started' },
        },
        worker: {
          build: './worker',
          env: {
            DATABASE_URL: ['db.url'],
            PRICING_URL: ['pricing.http.url'],
            DELIVERY: [],
            BATCH_SIZE: [],
          },
          needs: { db: 'healthy' },
        },
      },
    },
  )
  starting(scene, 'run', 'db', 100, 900)
  scene.log(
    'run',
    'db',
    [600, '2026-11-30 09:41:00.600 UTC [1] LOG:  starting PostgreSQL 17.2'],
    [940, '2026-11-30 09:41:00.940 UTC [1] LOG:  database system is ready to accept connections'],
  )
  for (const [lane, from] of [
    ['lane_1', 1000],
    ['lane_2', 1400],
  ] as const) {
    for (const [service, at, ms] of [
      ['mail', 0, 260],
      ['files', 20, 240],
      ['pricing', 60, 380],
      ['api', 120, 640],
      ['worker', 140, 520],
    ] as const)
      starting(scene, lane, service, from + at, ms)
    scene.log(lane, 'mail', [from + 250, 'smtp on 1025, http on 8025'])
    scene.log(lane, 'files', [from + 250, 'listening on 9000'])
    scene.log(lane, 'pricing', [from + 430, 'INFO:     Uvicorn running on http://0.0.0.0:8000'])
    scene.log(lane, 'api', [from + 740, json('info', 'listening on 3000')])
    scene.log(lane, 'worker', [from + 640, 'waiting for jobs'])
    scene.event(
      'lane.names',
      from + 380,
      { l: lane, s: 'db' },
      { on: 'run', keys: [`app_${lane}`] },
    )
    scene.event(
      'task',
      from + 400,
      { l: lane, s: 'db' },
      {
        purpose: 'create the tenant of the lane',
        argv: ['sh', '/mesocosm/lanes.sh', 'enter', `app_${lane}`],
        exitCode: 0,
        ms: 180,
      },
    )
  }
}
