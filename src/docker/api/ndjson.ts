/** Yields the values of a stream with one JSON value per line. A line that is not valid JSON throws. */
export async function* readJsonLines<T>(stream: AsyncIterable<Uint8Array>): AsyncGenerator<T> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as T
  }
  rest += decoder.decode()
  if (rest.trim() !== '') yield JSON.parse(rest) as T
}
