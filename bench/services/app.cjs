// `api` and `worker`: exit without the database and the store; answer with their mode and an id per boot.
const { createServer } = require('node:http')
const { connect } = require('node:net')

const need = (address) =>
  new Promise((resolve) => {
    const [host, port] = address.split(':')
    const socket = connect({ host, port: Number(port) }, () => resolve(socket.end()))
    socket.on('error', (error) => {
      console.error(`${address}: ${error.message}`)
      process.exit(1)
    })
  })

const { NEEDS = '', MODE = '', PORT = '3000' } = process.env
const needs = NEEDS.split(',').filter(Boolean)
const answer = JSON.stringify({ mode: MODE, boot: crypto.randomUUID() })
Promise.all(needs.map(need)).then(() =>
  createServer((_request, response) => response.end(answer)).listen(Number(PORT)),
)
