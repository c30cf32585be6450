/* A service that knows nothing of OpenTelemetry: it asks another service and its database. */
const { env } = process
const http = require('node:http')
const { Pool } = require('pg')

const pool = new Pool({ connectionString: env.DATABASE_URL, application_name: 'api' })
pool.on('error', () => undefined)

const ask = (url) =>
  new Promise((resolve, reject) => {
    http
      .get(url, (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => resolve(text))
      })
      .on('error', reject)
  })

const answer = async ({ url }) => {
  const { pathname, searchParams } = new URL(url, 'http://api')
  if (pathname === '/health') return 'ok'
  const item = searchParams.get('item')
  const price = await ask(`${env.PRICING_URL}/price?item=${item}`)
  await pool.query('insert into orders (item, price) values ($1, $2)', [item, price])
  return price
}

http
  .createServer((request, response) =>
    answer(request).then(
      (text) => response.end(text),
      (error) => response.writeHead(500).end(String(error)),
    ),
  )
  .listen(3000)
