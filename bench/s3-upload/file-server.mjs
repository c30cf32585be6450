// `node file-server.mjs <folder>` writes the bodies of PUT requests to files and reads them for GET requests; checks their length and nothing else.
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

const [, , folder] = process.argv

const answer = async (request, response) => {
  const path = join(folder, request.url.slice(1))
  if (request.method === 'PUT') {
    const file = createWriteStream(path)
    await pipeline(request, file)
    if (file.bytesWritten !== Number(request.headers['content-length']))
      throw new Error('the body is incomplete')
    response.writeHead(200, { 'content-length': 0 }).end()
  } else {
    const { size } = await stat(path)
    response.writeHead(200, { 'content-length': size })
    await pipeline(createReadStream(path), response)
  }
}

const server = createServer((request, response) => {
  answer(request, response).catch(() => response.destroy())
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on ${server.address().port}\n`)
})
