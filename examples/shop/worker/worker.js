import { createServer } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'

const pauseMs = 100
const stopping = new AbortController()
const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: 2,
  connectionTimeoutMillis: 3_000,
})
// The pool drops a connection that breaks; without a listener, the event would end the process.
pool.on('error', (error) => console.error(`connection lost: ${error.message}`))

/** Does the oldest free job, and returns whether there was one. Its row is locked, so if this process dies, another worker does it. */
const work = async () => {
  const client = await pool.connect()
  let broken
  try {
    await client.query('begin')
    const { rows } = await client.query(
      `select jobs.id, orders.id as order_id, orders.item
       from jobs join orders on orders.id = jobs.order_id
       order by jobs.id limit 1 for update of jobs skip locked`,
    )
    const [job] = rows
    if (job !== undefined) {
      const cents = await price(job.item)
      await client.query(`update orders set status = 'done', price_cents = $2 where id = $1`, [
        job.order_id,
        cents,
      ])
      await client.query('delete from jobs where id = $1', [job.id])
    }
    await client.query('commit')
    if (job !== undefined) console.log(`order ${job.order_id} done`)
    return job !== undefined
  } catch (error) {
    // Closing the connection rolls back in every state.
    broken = error
    throw error
  } finally {
    client.release(broken)
  }
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

const server = createServer(async (request, response) => {
  if (request.url !== '/health') return response.writeHead(404).end()
  try {
    await pool.query('select 1')
    response.end('ok')
  } catch (error) {
    response.writeHead(503).end(error.message)
  }
})
server.listen(Number(process.env.PORT ?? 3000))
process.once('SIGTERM', () => stopping.abort())

console.log('waiting for jobs')
while (!stopping.signal.aborted) {
  const more = await work().catch((error) => {
    console.error('job failed, will retry:', error)
    return false
  })
  if (!more) await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => {})
}
console.log('closing')
server.close()
await pool.end()
