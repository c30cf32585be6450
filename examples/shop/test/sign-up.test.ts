import { call, expect, test } from './shop.ts'

test('sign-up is closed unless its environment opens it', async ({ api, db }) => {
  const { url } = api.http
  const signUp = () => call(`${url}/signup`, 'POST', { email: 'ann@example.test' })
  expect((await signUp()).status).toBe(403)

  await api.withEnv({ SIGNUP: 'open' }, async () => {
    expect(api.http.url).toBe(url)
    expect(await signUp()).toMatchObject({ status: 201, body: { email: 'ann@example.test' } })
  })

  expect((await signUp()).status).toBe(403)
  expect(await db.query('select email from users order by id')).toEqual([
    { email: 'first@example.test' },
    { email: 'ann@example.test' },
  ])
})

test('every test starts with the declared data', async ({ db }) => {
  expect(await db.query('select email from users')).toEqual([{ email: 'first@example.test' }])
  // Sequences are reset too: the next id is 2 again.
  const [user] = await db.query<{ id: string }>(
    `insert into users (email) values ('again@example.test') returning id`,
  )
  expect(user?.id).toBe('2')
})

test('withEnv lasts for a block, and blocks can be nested', async ({ api }) => {
  const signUp = async (email: string) =>
    (await call(`${api.http.url}/signup`, 'POST', { email })).status
  {
    await using _ = await api.withEnv({ SIGNUP: 'open' })
    {
      await using _ = await api.withEnv({ SIGNUP: 'closed', LOG_LEVEL: 'debug' })
      expect(await signUp('joe@example.test')).toBe(403)
    }
    expect(await signUp('joe@example.test')).toBe(201)
  }
  expect(await signUp('jim@example.test')).toBe(403)
})

test('setEnv lasts until the end of the test', async ({ api }) => {
  await api.setEnv({ SIGNUP: 'open', LOG_LEVEL: 'debug' })
  expect(api.env.SIGNUP).toBe('open')
  const answer = await call(`${api.http.url}/signup`, 'POST', { email: 'eve@example.test' })
  expect(answer.status).toBe(201)
})

test('the environment that setEnv changed in the previous test is reset', async ({ api }) => {
  expect(api.env.SIGNUP).toBe('closed')
  const answer = await call(`${api.http.url}/signup`, 'POST', { email: 'eve@example.test' })
  expect(answer.status).toBe(403)
})

test('a typed command creates an admin, and rejects invalid arguments', async ({ api, db }) => {
  const { id } = await api.exec.createAdmin({ email: 'root@example.test', role: 'root' })
  expect(await db.query('select id, role from admins')).toEqual([{ id, role: 'root' }])

  await expect(api.exec.createAdmin({ email: 'root@example.test' })).rejects.toMatchObject({
    name: 'ExecError',
    code: 'EXEC_FAILED',
    exitCode: 1,
  })
  await expect(api.exec.createAdmin({ email: 'nonsense' })).rejects.toMatchObject({
    code: 'EXEC_ARGS_INVALID',
  })
})

test('a typed command seeds a thousand users', async ({ api, db }) => {
  const { exitCode } = await api.exec.seed(1_000)
  expect(exitCode).toBe(0)
  expect(await db.query('select count(*)::int as users from users')).toEqual([{ users: 1_001 }])
})
