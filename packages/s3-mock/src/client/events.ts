import { MesocosmError } from 'mesocosm'
import { noAnswer, refusedBy } from './failure.ts'
import type { S3Place } from './place.ts'
import type { S3Event } from './types.ts'

/**
 * Listens to the bundled server's line of events; resolves when nothing more is missed.
 *
 * @param signal ends it.
 * @returns resolves when the line has ended.
 */
export const openEvents = async (
  place: S3Place,
  listener: (event: S3Event) => void,
  signal: AbortSignal,
): Promise<{ readonly ended: Promise<void> }> => {
  const { service, bundled, url, accessKeyId } = place
  if (!bundled)
    throw new MesocosmError({
      code: 'SERVICE_CLIENT_FAILED',
      message: `${service} cannot tell of events: only the bundled server does`,
      remedy: "use s3Mock({ server: 'bundled' }), or waitForObject, which looks again and again",
      facts: { service },
    })
  const what = 'GET events'
  const address = `${url}/_mesocosm/events?${new URLSearchParams({ key: accessKeyId })}`
  const response = await fetch(address, { signal }).catch((error: unknown) => {
    throw signal.aborted ? error : noAnswer(service, what, error)
  })
  if (!response.ok || response.body === null) throw await refusedBy(service, what, response)
  const lines = readLines(response.body)
  // The first line says that it listens.
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
    // The server went away, which whoever stopped it knows; what a listener throws is told to all.
    if (!signal.aborted && !(error instanceof TypeError)) throw error
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
