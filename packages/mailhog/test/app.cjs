/* A service that sends mail by the server of SMTP_URL: GET /send?to=…&subject=… returns the server's replies. */
const { createServer } = require('node:http')
const { connect } = require('node:net')

const send = (to, subject) =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(process.env.SMTP_URL)
    const lines = [
      'EHLO app',
      'MAIL FROM:<shop@example.test>',
      `RCPT TO:<${to}>`,
      'DATA',
      `From: Shop <shop@example.test>\r\nTo: ${to}\r\nSubject: ${subject}\r\n\r\nhttps://shop.test/verify?code=123456\r\n.`,
      'QUIT',
    ]
    let said = ''
    const socket = connect({ host: hostname, port, noDelay: true })
    socket.on('data', (chunk) => {
      said += chunk
      if (!/^\d{3} .*\r\n$/m.test(String(chunk))) return
      // Refused: only QUIT is left to send.
      if (/^[45]\d\d /m.test(String(chunk))) lines.splice(0, lines.length - 1)
      const line = lines.shift()
      if (line !== undefined) socket.write(`${line}\r\n`)
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(said))
  })

createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://app')
  if (pathname === '/health') return response.end('ok')
  try {
    response.end(await send(searchParams.get('to'), searchParams.get('subject')))
  } catch (error) {
    response.writeHead(502).end(String(error))
  }
}).listen(3000)
