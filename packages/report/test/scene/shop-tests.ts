import { attempt, call, json, spans, starting, step, used } from './scene-parts.ts'
import type { SceneWriter } from './scene-writer.ts'

/** Ids of the tests that tests of the page open. */
export const ids = {
  delivery: 'd311ve4700000001',
  signUp: 's1690a9000000002',
  invoice: '14v01ce000000003',
  flaky: 'f1a4700000000004',
  skipped: '541ee00000000005',
} as const

/** A test that fails: the worker crashes after a change of its environment. */
export const delivery = (scene: SceneWriter, at: number, l: string, retry: number): void => {
  const message = `timed out after 2500 ms waiting for worker.logs to contain "order ${17 + retry} delivered"`
  attempt(
    scene,
    {
      id: ids.delivery,
      retry,
      file: 'test/delivery.test.ts',
      titlePath: ['delivery', 'express orders are delivered at once'],
      lane: l,
      at,
      ms: 4600,
      status: 'failed',
      error: `MesocosmError: ${message}\n\nworker exited with code 1 after 812 ms, the last error-level lines:\n  TypeError: Cannot read properties of undefined (reading 'carrier')\n      at planRoute (/app/routes.js:41:27)\n      at deliver (/app/worker.js:88:15)`,
      touched: ['api', 'worker'],
    },
    (x, p) => {
      call(scene, at + 4, 30, { x, p, l }, 'lane.start', { args: ['api', 'worker'] })
      const withEnv = call(scene, at + 60, 690, { x, p, l, s: 'worker' }, 'withEnv', {
        args: [{ DELIVERY: 'express' }],
      })
      scene.event(
        'env.change',
        at + 64,
        { x, p: withEnv, l, s: 'worker' },
        {
          diff: { DELIVERY: ['standard', 'express'], BATCH_SIZE: ['10', null] },
          stacked: true,
        },
      )
      starting(scene, l, 'worker', at + 70, 670, {
        x,
        p: withEnv,
        cause: 'env DELIVERY changed',
        crash: at + 1610,
      })
      scene.log(l, 'worker', [at + 640, 'waiting for jobs'])
      const order = step(scene, at + 780, 420, x, p, 'order tea')
      const post = call(scene, at + 800, 214, { x, p: order, l, s: 'api' }, 'http.fetch', {
        http: { method: 'POST', path: '/orders', status: 201 },
      })
      spans(scene, x, l, at + 800, 210, post, 'POST /orders')
      for (const [to, port, s] of [
        ['db', 5432, 'api'],
        ['pricing', 8000, 'api'],
        ['db', 5432, 'worker'],
      ] as const)
        used(scene, x, l, at + 850, s, to, port)
      scene.log(l, 'pricing', [
        at + 870,
        `INFO:     172.18.0.7:51${retry}82 - "GET /price?item=tea HTTP/1.1" 200 OK`,
      ])
      scene.log(l, 'api', [
        at + 1010,
        json('info', 'POST /orders', { status: 201, ms: 196, order: 17 + retry }),
      ])
      scene.log('run', 'db', [
        at + 930,
        `2026-11-30 09:41:0${retry}.930 UTC app_${l} LOG:  duration: 62.114 ms  statement: INSERT INTO orders (item, quantity) VALUES ($1, $2)`,
      ])
      const read = call(scene, at + 1040, 60, { x, p: order, l, s: 'api' }, 'http.fetch', {
        http: { method: 'GET', path: `/orders/${17 + retry}`, status: 200 },
      })
      spans(scene, x, l, at + 1040, 58, read, 'GET /orders/:id')
      scene.log(l, 'api', [
        at + 1096,
        json('info', `GET /orders/${17 + retry}`, { status: 200, ms: 51 }),
      ])
      scene.log(
        l,
        'worker',
        [at + 1302, `order ${17 + retry} taken, \u001b[32mexpress\u001b[0m`],
        [at + 1580, `!TypeError: Cannot read properties of undefined (reading 'carrier')`],
        [at + 1580.2, '!    at planRoute (/app/routes.js:41:27)'],
        [at + 1580.4, '!    at deliver (/app/worker.js:88:15)'],
        [
          at + 1580.6,
          '!    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
        ],
        [at + 1580.8, '!    at async takeJobs (/app/worker.js:31:7)'],
        [at + 1604, '!Node.js v24.21.0'],
      )
      scene.log(
        l,
        'worker',
        [at + 660, 'delivery: express, batches of 1'],
        [at + 1310, `order ${17 + retry}: packing 1 item`],
        [at + 1420, `!WARN order ${17 + retry}: no carrier for express, trying the default`],
      )
      scene.log(
        l,
        'api',
        ...[1400, 1900, 2400, 2900, 3400].map(
          (after) =>
            [
              at + after,
              json('info', `GET /orders/${17 + retry}`, { status: 200, ms: 9, state: 'taken' }),
            ] as const,
        ),
        [at + 3780, json('warn', 'no heartbeat of the worker', { order: 17 + retry, forMs: 2170 })],
      )
      scene.log(
        'run',
        'db',
        [
          at + 1320,
          `2026-11-30 09:41:0${retry}.320 UTC app_${l} LOG:  statement: UPDATE orders SET state = 'taken' WHERE id = ${17 + retry}`,
        ],
        [
          at + 1620,
          `2026-11-30 09:41:0${retry}.620 UTC app_${l} LOG:  unexpected EOF on client connection with an open transaction`,
        ],
      )
      const wait = step(scene, at + 1230, 3330, x, p, 'the order is delivered', { message })
      call(scene, at + 1232, 2500, { x, p: wait, l, s: 'worker' }, 'logs.waitFor', {
        args: [`order ${17 + retry} delivered`, { timeoutMs: 2500 }],
        status: 'timeout',
        error: { code: 'TIMEOUT', message },
      })
      const exec = call(scene, at + 3800, 420, { x, p: wait, l, s: 'api' }, 'exec.showOrder', {
        args: [17 + retry],
      })
      const i = scene.span()
      scene.event(
        'exec.start',
        at + 3806,
        { x, p: exec, l, s: 'api' },
        {
          i,
          argv: ['node', 'cli.js', 'show-order', String(17 + retry), '--format=a table'],
        },
      )
      const output = [
        'id  item  state',
        `${17 + retry}  tea   \u001b[33mtaken\u001b[0m`,
        ...Array.from({ length: 400 }, (_, n) => `event ${n}  ${'detail '.repeat(4)}`),
      ].join('\n')
      scene.event(
        'exec.end',
        at + 4210,
        { x, p: exec, l, s: 'api' },
        {
          i,
          exit: 0,
          ms: 404,
          stdout: output.slice(0, 8192),
          stderr: '',
          blobs: { stdout: scene.blob(output) },
        },
      )
    },
  )
}

/** A test with a mail. */
export const signUp = (scene: SceneWriter, at: number, l: string): void =>
  attempt(
    scene,
    {
      id: ids.signUp,
      file: 'test/sign-up.test.ts',
      titlePath: ['sign-up', 'sends a welcome mail'],
      lane: l,
      at,
      ms: 2900,
      status: 'passed',
      touched: ['api', 'mail'],
    },
    (x, p) => {
      const withEnv = call(scene, at + 20, 800, { x, p, l, s: 'api' }, 'withEnv', {
        args: [{ SIGNUP: 'open' }],
      })
      scene.event(
        'env.change',
        at + 24,
        { x, p: withEnv, l, s: 'api' },
        { diff: { SIGNUP: ['closed', 'open'] }, stacked: true },
      )
      starting(scene, l, 'api', at + 30, 780, { x, p: withEnv, cause: 'env SIGNUP changed' })
      scene.log(l, 'api', [at + 700, json('info', 'listening on 3000')])
      const post = call(scene, at + 840, 320, { x, p, l, s: 'api' }, 'http.fetch', {
        http: { method: 'POST', path: '/signup', status: 201 },
      })
      spans(scene, x, l, at + 840, 318, post, 'POST /signup')
      used(scene, x, l, at + 900, 'api', 'mail', 1025)
      scene.log(l, 'api', [at + 1150, json('info', 'POST /signup', { status: 201, ms: 309 })])
      scene.log(l, 'mail', [
        at + 1120,
        'mail 7f2c from shop@example.test to ann@example.test: Welcome to the shop',
      ])
      scene.event(
        'cap.mail',
        at + 1120,
        { x, p: post, l, s: 'mail' },
        {
          id: '7f2c',
          from: 'shop@example.test',
          to: ['ann@example.test'],
          subject: 'Welcome to the shop',
          bytes: 2212,
          text: 'Hello Ann,\n\nwelcome to the shop. Your first tea is on us: TEA-4815.\n',
          html: '<h1 style="color:#0a6b61">Welcome, Ann</h1><p>Your first tea is on us: <b>TEA-4815</b>.</p><p><a href="https://shop.example.test">To the shop</a></p>',
          attachments: [{ name: 'terms.pdf', type: 'application/pdf', bytes: 48_112 }],
        },
      )
      call(scene, at + 1180, 60, { x, p, l, s: 'mail' }, 'expect.toHaveReceived', {
        args: [{ to: 'ann@example.test' }],
      })
      const back = call(scene, at + 1900, 900, { x, p, l, s: 'api' }, 'withEnv.restore')
      scene.event(
        'env.change',
        at + 1904,
        { x, p: back, l, s: 'api' },
        { diff: { SIGNUP: ['open', 'closed'] } },
      )
      starting(scene, l, 'api', at + 1910, 860, { x, p: back, cause: 'env SIGNUP changed' })
      scene.log(l, 'api', [at + 2700, json('info', 'listening on 3000')])
    },
  )

/** A test with an object. */
export const invoice = (scene: SceneWriter, at: number, l: string): void =>
  attempt(
    scene,
    {
      id: ids.invoice,
      file: 'test/invoices.test.ts',
      titlePath: ['invoices', 'are stored as PDF'],
      lane: l,
      at,
      ms: 1500,
      status: 'passed',
      touched: ['api', 'files'],
    },
    (x, p) => {
      const post = call(scene, at + 30, 480, { x, p, l, s: 'api' }, 'http.fetch', {
        http: { method: 'POST', path: '/invoices', status: 202 },
      })
      spans(scene, x, l, at + 30, 470, post, 'POST /invoices')
      used(scene, x, l, at + 60, 'api', 'files', 9000)
      scene.log(l, 'api', [at + 505, json('info', 'POST /invoices', { status: 202, ms: 461 })])
      scene.event(
        'cap.object',
        at + 700,
        { x, p: post, l, s: 'files' },
        {
          do: 'put',
          bucket: 'invoices',
          key: '2026/11/0042.pdf',
          bytes: 18_204,
          type: 'application/pdf',
        },
      )
      scene.log(l, 'files', [at + 702, 'PUT /invoices/2026/11/0042.pdf 200'])
      call(scene, at + 540, 240, { x, p, l, s: 'files' }, 'waitForObject', {
        args: ['invoices', '2026/11/0042.pdf'],
      })
    },
  )

/** A test that passes at its second attempt. */
export const flaky = (scene: SceneWriter, at: number, l: string): void => {
  for (const [retry, ms, from] of [
    [0, 1400, 0],
    [1, 700, 1900],
  ] as const)
    attempt(
      scene,
      {
        id: ids.flaky,
        retry,
        file: 'test/pricing.test.ts',
        titlePath: ['pricing', 'a discount is applied to open orders'],
        lane: l,
        at: at + from,
        ms,
        status: retry === 0 ? 'failed' : 'passed',
        ...(retry === 0 ? { error: 'AssertionError: expected 300 to be 150' } : {}),
        touched: ['api', 'pricing'],
      },
      (x, p) => {
        call(scene, at + from + 20, ms - 200, { x, p, l, s: 'api' }, 'http.fetch', {
          http: { method: 'GET', path: '/orders/12/price', status: 200 },
        })
        scene.log(l, 'pricing', [
          at + from + 90,
          `${retry === 0 ? 'WARNING:  ' : 'INFO:     '}discount of order 12 is ${retry === 0 ? 'not there yet' : '50 %'}`,
        ])
        scene.log(l, 'api', [
          at + from + ms - 190,
          json(retry === 0 ? 'warn' : 'info', 'GET /orders/12/price', {
            status: 200,
            ms: ms - 210,
            cents: retry === 0 ? 300 : 150,
          }),
        ])
      },
    )
}

/** Short tests of one file. */
export const small = (scene: SceneWriter, at: number, l: string): void => {
  const names = [
    'lists orders',
    'rejects an empty order',
    'an order has a number',
    'cancels an order',
  ]
  for (const [number, name] of names.entries())
    attempt(
      scene,
      {
        id: `0a11000000000${10 + number}`,
        file: 'test/orders.test.ts',
        titlePath: ['orders', name],
        lane: l,
        at: at + number * 300,
        ms: 240,
        status: 'passed',
        touched: ['api'],
      },
      (x, p) => {
        const from = at + number * 300
        call(scene, from + 10, 120, { x, p, l, s: 'api' }, 'http.fetch', {
          http: { method: 'GET', path: '/orders', status: number === 1 ? 422 : 200 },
        })
        scene.log(l, 'api', [from + 128, json('info', 'GET /orders', { status: 200, ms: 112 })])
      },
    )
  attempt(
    scene,
    {
      id: ids.skipped,
      file: 'test/orders.test.ts',
      titlePath: ['orders', 'exports a year of orders'],
      lane: l,
      at: at + 1250,
      ms: 1,
      status: 'skipped',
      touched: [],
    },
    () => {},
  )
}
