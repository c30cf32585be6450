// The service of the examples: signs users up, sends mail if FEATURE_MAIL is on, and has an admin command.
const { appendFileSync, existsSync, readFileSync } = require('node:fs')
const { createServer } = require('node:http')
const { connect } = require('node:net')
const { parseArgs } = require('node:util')

const { FEATURE_MAIL = 'off', MAIL_HOST = 'mail' } = process.env
const file = '/tmp/admins'
const admins = () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [])

const [command, email = ''] = parseArgs({ allowPositionals: true }).positionals

if (command === 'create-admin') {
  if (!email.includes('@')) {
    console.error(`"${email}" is not an address`)
    process.exit(2)
  }
  appendFileSync(file, `${email}\n`)
  console.log(JSON.stringify({ created: email }))
} else serve()

/** Sends one line after each answer of the server. */
function sendMail(to) {
  const lines = ['EHLO api', 'MAIL FROM:<shop@example.org>', `RCPT TO:<${to}>`, 'DATA']
  lines.push(`Subject: Welcome\r\nTo: ${to}\r\n\r\nHello\r\n.`, 'QUIT')
  return new Promise((resolve, reject) => {
    const socket = connect(1025, MAIL_HOST)
    socket.on('data', (bytes) => {
      // The last line of an answer has a space behind its code.
      if (!/^\d{3} .*\r\n$/m.test(bytes.toString())) return
      const line = lines.shift()
      if (line === undefined) socket.end()
      else socket.write(`${line}\r\n`)
    })
    socket.on('close', resolve).on('error', reject)
  })
}

function serve() {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://api')
    const email = searchParams.get('email') ?? ''
    if (pathname === '/admins') return response.end(JSON.stringify(admins()))
    if (pathname !== '/sign-up') return response.end('ok')
    if (FEATURE_MAIL === 'on') await sendMail(email)
    console.log(`signed up ${email}`)
    response.end(`signed up, mail ${FEATURE_MAIL}`)
  })
  server.listen(3000, () => console.log('listening'))
}
