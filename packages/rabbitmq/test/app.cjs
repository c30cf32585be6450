// A program that keeps one connection to RabbitMQ. It declares what it needs, publishes on request,
// and acknowledges messages of the queue `held` only on request.
const { createServer } = require('node:http')
const { connect } = require('amqplib')

const main = async () => {
  const connection = await connect(process.env.RABBIT_URL)
  connection.on('error', (error) => console.error(error.message))
  connection.on('close', () => process.exit(1))
  const channel = await connection.createConfirmChannel()
  await channel.assertExchange('events', 'topic')
  await channel.assertQueue('jobs')
  await channel.bindQueue('jobs', 'events', 'job.*')
  await channel.assertQueue('held')
  const held = []
  await channel.consume('held', (message) => held.push(message))
  const answers = {
    '/': () => String(process.pid),
    '/started': () => String(performance.timeOrigin),
    '/held': () => String(held.length),
    '/ack': () => held.splice(0).map((message) => channel.ack(message)).length,
    '/publish': async (query) => {
      channel.publish('events', query.get('key'), Buffer.from(query.get('text')))
      await channel.waitForConfirms()
      return 'ok'
    },
  }
  createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://app')
    response.end(String(await answers[pathname](searchParams)))
  }).listen(3000)
}
void main()
