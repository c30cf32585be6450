// A program that keeps one connection to RabbitMQ. It declares what it needs, publishes on request,
// and acknowledges messages of the queues `held` and `held-quorum` only on request.
const { createServer } = require('node:http')
const { connect } = require('amqplib')

const main = async () => {
  const connection = await connect(process.env.RABBIT_URL)
  connection.on('error', (error) => console.error(error.message))
  connection.on('close', () => process.exit(1))
  const channel = await connection.createConfirmChannel()
  channel.on('error', (error) => console.error(error.message))
  channel.on('close', () => process.exit(1))
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
    '/hold-quorum': async () => {
      await channel.assertQueue('held-quorum', { arguments: { 'x-queue-type': 'quorum' } })
      await channel.consume('held-quorum', (message) => held.push(message))
      return 'ok'
    },
    '/requeue': () => held.splice(0).map((message) => channel.nack(message)).length,
    '/publish': async (query) => {
      channel.publish('events', query.get('key'), Buffer.from(query.get('text')))
      await channel.waitForConfirms()
      return 'ok'
    },
    // As programs do that declare a queue when they need it first.
    '/declare': async (query) => {
      await channel.assertQueue(query.get('queue'))
      return 'ok'
    },
    '/send': async (query) => {
      channel.sendToQueue(query.get('queue'), Buffer.from(query.get('text')))
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
