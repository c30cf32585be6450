import { query } from './database.js'

/** `<method> <first part of the path>` → what answers: `[status, body]`. */
export const routes = {
  'GET health': async () => {
    await query('select 1')
    return [200, { status: 'ok' }]
  },

  'POST signup': async ({ body }) => {
    if (process.env.SIGNUP !== 'open') return [403, { error: 'sign-up is closed' }]
    if (!body.email?.includes('@')) return [400, { error: 'email is missing' }]
    const [user] = await query(
      'insert into users (email) values ($1) on conflict do nothing returning id, email',
      [body.email],
    )
    return user ? [201, user] : [409, { error: 'email is taken' }]
  },

  'GET users': async () => [200, await query('select id, email from users order by id')],

  'POST orders': async ({ body }) => {
    if (!body.item) return [400, { error: 'item is missing' }]
    const [order] = await query(
      `with placed as (insert into orders (item) values ($1) returning id, item, status),
            queued as (insert into jobs (order_id) select id from placed)
       select id, item, status from placed`,
      [body.item],
    )
    return [201, order]
  },

  'GET orders': async ({ id }) => {
    const [order] = /^\d+$/.test(id)
      ? await query('select id, item, status, price_cents from orders where id = $1', [id])
      : []
    return order ? [200, order] : [404, { error: 'no such order' }]
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

const price = async (item) => {
  const url = new URL('/price', process.env.PRICING_URL)
  url.searchParams.set('item', item)
  const response = await fetch(url, { signal: AbortSignal.timeout(3_000) }).catch((error) => {
    throw new Error(`pricing cannot be reached: ${error.cause?.message ?? error.message}`)
  })
  if (!response.ok) throw new Error(`pricing answered ${response.status}`)
  return (await response.json()).cents
}
