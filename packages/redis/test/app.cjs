// A program that keeps one connection to Redis: GET /?argv=SET&argv=key&argv=value returns the reply as sent.
const { createServer } = require('node:http')
const { connect } = require('node:net')

const { REDIS_URL, PREFIX = '' } = process.env
const url = new URL(REDIS_URL)
const waiting = []
const redis = connect({ host: url.hostname, port: Number(url.port), noDelay: true })
redis.on('data', (data) => waiting.shift()?.(String(data)))
redis.on('error', (error) => process.exitCode === undefined && console.error(error.message))
redis.on('close', () => process.exit(1))

const send = (argv) => {
  redis.write(
    `*${argv.length}\r\n${argv.map((a) => `$${Buffer.byteLength(a)}\r\n${a}\r\n`).join('')}`,
  )
  return new Promise((resolve) => waiting.push(resolve))
}

const main = async () => {
  const account = [url.username, url.password].map(decodeURIComponent).filter((part) => part !== '')
  if (account.length > 0) console.log('AUTH', await send(['AUTH', ...account]))
  await send(['SET', `${PREFIX}boot`, 'declared'])
  createServer(async ({ url }, response) => {
    const argv = new URL(url, 'http://app').searchParams.getAll('argv')
    response.end(argv.length === 0 ? 'ok' : await send(argv))
  }).listen(3000)
}
void main()
