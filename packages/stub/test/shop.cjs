/* A shop that charges cards by the API of PAYMENTS_URL: POST /buy?amount=… returns the status and body of its answer. */
const { createServer } = require('node:http')

const charge = async (body, headers) => {
  const response = await fetch(`${process.env.PAYMENTS_URL}/charges`, {
    method: 'POST',
    headers: { authorization: 'Bearer test', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: await response.text() }
}

const events = []

createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://shop')
  if (pathname === '/health') return response.end('ok')
  if (pathname === '/events' && request.method === 'GET')
    return response.end(JSON.stringify(events))
  if (pathname === '/events') {
    let text = ''
    for await (const chunk of request) text += chunk
    events.push(JSON.parse(text))
    return response.end('seen')
  }
  const amount = Number(searchParams.get('amount') ?? 1200)
  try {
    const answer = await charge({ amount, currency: searchParams.get('currency') ?? 'eur' })
    response.end(JSON.stringify(answer))
  } catch (error) {
    response.end(JSON.stringify({ failed: String(error.cause?.code ?? error.message) }))
  }
}).listen(3000)
