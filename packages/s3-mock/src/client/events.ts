import { MesocosmError } from 'mesocosm'
import { isError, unreachable } from 'mesocosm/plugin'
import type { S3Endpoint } from './endpoint.ts'
import { refused } from './refused.ts'
import type { S3Event } from './types.ts'

/**
 * Listens to the event stream of the bundled server. Resolves when every later event will be received.
 *
 * @param signal ends the stream.
 * @returns `ended` settles when the stream has ended; it rejects with what the listener threw.
 */
export const openEvents = async (
  { service, bundled, url, accessKeyId }: S3Endpoint,
  listener: (event: S3Event) => void,
  signal: AbortSignal,
): Promise<{ readonly ended: Promise<void> }> => {
  if (!bundled)
    throw new MesocosmError({
      code: 'SERVICE_CLIENT_FAILED',
      message: `${service} has no events, because its server is not the bundled one`,
      remedy: "use s3Mock({ server: 'bundled' }), or waitForObject, which polls other servers",
      facts: { service },
    })
  const request = 'GET events'
  const address = `${url}/_mesocosm/events?${new URLSearchParams({ key: accessKeyId })}`
  const response = await fetch(address, { signal }).catch((error: unknown) => {
    throw signal.aborted ? error : unreachable(service, error, { request })
  })
  if (!response.ok || response.body === null) throw await refused(service, request, response)
  const lines = readLines(response.body)
  // The server sends the first line when it listens.
  await lines.next()
  return { ended: forward(lines, listener, signal) }
}

// ---

const forward = async (
  lines: AsyncIterable<string>,
  listener: (event: S3Event) => void,
  signal: AbortSignal,
): Promise<void> => {
  try {
    for await (const line of lines) if (line.startsWith('data: ')) listener(parse(line.slice(6)))
  } catch (error) {
    // A stream that breaks has ended: the server was stopped.
    if (!signal.aborted && !isError(error, 'TypeError')) throw error
  }
}

const parse = (text: string): S3Event => {
  const { name, at, bucket, key, size, etag, versionId } = JSON.parse(text) as S3Event
  return { name: name.replace(/^s3:/, ''), bucket, key, size, etag, versionId, at: new Date(at) }
}

async function* readLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines.filter((line) => line !== '')
  }
}
