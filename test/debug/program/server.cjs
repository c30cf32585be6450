// A service for tests of debuggers. Line numbers are used by them.
const { appendFileSync } = require('node:fs')
const { createServer } = require('node:http')
const { MOOD = 'no mood', PORT = '3000' } = process.env
const greet = (name) => {
  const greeting = `hello ${name}`
  return greeting
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://app')
  if (pathname !== '/greet') return void response.end('ok')
  const greeting = greet(searchParams.get('name'))
  console.log(`greets ${searchParams.get('name')}`)
  appendFileSync('/tmp/greeted', greeting)
  response.end(`${greeting} with ${MOOD}`)
})

server.listen(Number(PORT))
