import { randomInt } from 'node:crypto'
import { query } from './database.js'
import { renderInvoice } from './invoice.js'

/** Handlers by method, first and third part of the path; the second part is the id. They return `[status, body]`. */
export const routes = {
  'GET health': async () => {
    await query('select 1')
    return [200, { status: 'ok' }]
  },

  'POST signup': async ({ body }) => {
    if (process.env.SIGNUP !== 'open') return [403, { error: 'sign-up is closed' }]
    if (!body.email?.includes('@')) return [400, { error: 'email is missing' }]
    const code = String(randomInt(1_000_000)).padStart(6, '0')
    // A user who is not active yet may sign up again and gets a new code.
    const [user] = await query(
      `insert into users (email, code) values ($1, $2)
       on conflict (email) do update set code = excluded.code where not users.active
       returning id, email`,
      [body.email, code],
    )
    if (user === undefined) return [409, { error: 'email is taken' }]
    const { sendVerification } = await import('./mail.js')
    await sendVerification(user.email, code)
    return [201, user]
  },

  'POST verify': ({ body }) => verify(body),
  // The mail links to this route.
  'GET verify': ({ search }) => verify(Object.fromEntries(search)),

  'GET users': async () => [200, await query('select id, email from users order by id')],

  'POST orders': async ({ body }) => {
    if (!body.item) return [400, { error: 'item is missing' }]
    const email = body.email ?? null
    if (email !== null) {
      const [user] = await query('select active from users where email = $1', [email])
      if (!user?.active) return [403, { error: 'this customer is not verified' }]
    }
    const [order] = await query(
      `with placed as (insert into orders (item, email) values ($1, $2) returning id, item, status),
            queued as (insert into jobs (order_id) select id from placed)
       select id, item, status from placed`,
      [body.item, email],
    )
    return [201, order]
  },

  'GET orders': async ({ id }) => {
    const order = await findOrder(id)
    return order ? [200, order] : [404, { error: 'no such order' }]
  },

  'POST orders invoice': async ({ id }) => {
    const order = await findOrder(id)
    if (order === undefined) return [404, { error: 'no such order' }]
    if (order.status !== 'done') return [409, { error: 'the order is not done' }]
    const { storeFile } = await files()
    const key = keyOf(order)
    await storeFile(key, renderInvoice(order), 'application/pdf')
    await query('update orders set invoice = $2 where id = $1', [order.id, key])
    return [201, { key }]
  },

  'GET orders invoice': async ({ id }) => {
    const order = await findOrder(id)
    if (!order?.invoice) return [404, { error: 'no such invoice' }]
    const { addressOfFile } = await files()
    return [200, { url: await addressOfFile(order.invoice) }]
  },

  'GET report': async () => {
    const items = await query(
      'select item, count(*)::int as orders from orders group by item order by item',
    )
    const priced = await Promise.all(
      items.map(async ({ item, orders }) => ({
        item,
        orders,
        cents: orders * (await price(item)),
      })),
    )
    return [200, { items: priced, totalCents: priced.reduce((sum, { cents }) => sum + cents, 0) }]
  },
}

const verify = async ({ email, code }) => {
  const [user] = await query(
    `update users set active = true, code = null
     where email = $1 and code = $2 and not active returning id, email, active`,
    [email, code],
  )
  return user ? [200, user] : [403, { error: 'wrong code' }]
}

const findOrder = async (id) => {
  const orders = /^\d+$/.test(id)
    ? await query(
        'select id, item, status, price_cents, email, invoice from orders where id = $1',
        [id],
      )
    : []
  return orders[0]
}

const keyOf = ({ id }) => `${id}.pdf`

/** Loaded with the first invoice, because the SDK takes longer to load than everything else. */
const files = () => import('./files.js')

const price = async (item) => {
  const url = new URL('/price', process.env.PRICING_URL)
  url.searchParams.set('item', item)
  const response = await fetch(url, { signal: AbortSignal.timeout(3_000) }).catch((error) => {
    throw new Error(`pricing cannot be reached: ${error.cause?.message ?? error.message}`)
  })
  if (!response.ok) throw new Error(`pricing answered ${response.status}`)
  return (await response.json()).cents
}
