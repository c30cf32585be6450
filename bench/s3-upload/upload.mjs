// Uploads 1 GiB in one request to the bundled S3 server; prints its memory before and at its peak (MiB) and the time (ms).
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { s3Mock } from '@mesocosm/s3-mock'
import { defineTopology, lease } from 'mesocosm'

const { BENCH_FOLDER } = process.env
const size = 1024 ** 3
const piece = Buffer.alloc(256 * 1024, 'mesocosm')

const pieces = function* () {
  for (let sent = 0; sent < size; sent += piece.length) yield piece
}

const upload = async (url) => {
  const sending = request(url, { method: 'PUT', headers: { 'content-length': size } })
  const answered = new Promise((resolve, reject) => {
    sending.once('response', resolve).once('error', reject)
  })
  await pipeline(Readable.from(pieces()), sending)
  const answer = await answered
  answer.resume()
  if (answer.statusCode !== 200)
    throw new Error(`the upload was answered with ${answer.statusCode}`)
}

/** `VmRSS` is the current memory, `VmHWM` the peak. */
const memory = async (files, what) => {
  const { stdout } = await files.run(['cat', '/proc/1/status'])
  return Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(stdout)?.[1]) / 1024
}

const topology = defineTopology({
  name: 's3-upload',
  root: BENCH_FOLDER,
  services: { files: s3Mock() },
})
await using lane = await lease(topology)
const { files } = lane.services
const beforeMiB = await memory(files, 'VmRSS')
const url = await files.presign(files.bucket, 'large', { method: 'PUT' })
const start = performance.now()
await upload(url)
const ms = performance.now() - start
const [stored] = await files.list(files.bucket)
if (stored?.size !== size) throw new Error(`${stored?.size} bytes were stored`)
const peakMiB = await memory(files, 'VmHWM')
process.stdout.write(JSON.stringify({ beforeMiB, peakMiB, ms }))
