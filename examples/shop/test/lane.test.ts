import { http } from 'mesocosm'
import { call, expect, onProcesses, reachedBy, test } from './shop.ts'

test('a service is added to a running lane, and removed again', async ({ api, lane }) => {
  await using rival = await lane.add('rival', {
    build: './pricing',
    ports: { http: 8000 },
    env: { DISCOUNT: 90 },
    ready: http('/health'),
    local: { command: ['python3', 'pricing.py'] },
  })
  const { url } = rival.http
  expect(await call(`${url}/price?item=tea`)).toMatchObject({ body: { cents: 30 } })

  await call(`${api.http.url}/orders`, 'POST', { item: 'tea' })
  await api.withEnv({ PRICING_URL: reachedBy('http://rival:8000', url) }, async () => {
    expect((await call(`${api.http.url}/report`)).body).toMatchObject({ totalCents: 30 })
  })
  await lane.remove('rival')
  await expect(call(`${url}/health`)).rejects.toThrow()
})

test('logs are read from the last clear() on', async ({ api }) => {
  await call(`${api.http.url}/users`)
  await api.logs.waitFor('/users')
  api.logs.clear()
  expect(api.logs.text()).toBe('')

  const seen: string[] = []
  const following = (async () => {
    for await (const line of api.logs.follow()) {
      seen.push(line.text)
      if (seen.length === 2) return
    }
  })()
  await call(`${api.http.url}/orders/1`)
  await call(`${api.http.url}/users`)
  await following
  expect(seen.join()).toMatch(/orders\/1.*users/)

  await expect(api.logs.waitFor(/never said/, { timeoutMs: 50 })).rejects.toMatchObject({
    code: 'LOG_TIMEOUT',
    lastLogs: seen,
  })
})

// Only a container has users of its own.
test.skipIf(onProcesses)('run() takes a user, a folder, variables and input', async ({ api }) => {
  const result = await api.run(
    ['sh', '-c', 'id -un; pwd; echo "$GREETING"; cat; echo oops >&2; exit 3'],
    {
      user: 'nobody',
      cwd: '/tmp',
      env: { GREETING: 'hello' },
      stdin: 'from the test\n',
    },
  )
  expect(result).toMatchObject({
    exitCode: 3,
    stdout: 'nobody\n/tmp\nhello\nfrom the test\n',
    stderr: 'oops\n',
  })
  await expect(api.run(['no-such-program'])).rejects.toMatchObject({ code: 'EXEC_NOT_FOUND' })
  await expect(api.run(['sleep', '30'], { timeoutMs: 200 })).rejects.toMatchObject({
    code: 'EXEC_TIMEOUT',
  })
})

test('a reset in the middle of a test restores environment, services and data', async ({
  api,
  db,
  lane,
  worker,
}) => {
  await api.setEnv({ SIGNUP: 'open' })
  await worker.stop()
  await call(`${api.http.url}/signup`, 'POST', { email: 'gone@example.test' })
  await lane.reset()
  expect(api.env.SIGNUP).toBe('closed')
  expect((await fetch(`${worker.http.url}/health`)).status).toBe(200)
  expect(await db.query('select count(*)::int as users from users')).toEqual([{ users: 1 }])
})
