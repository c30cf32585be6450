/**
 * Returns a header value with each run of encoded words (RFC 2047) of one charset as one word. Programs that cut text by
 * bytes split characters between two words, and a decoder of single words would return neither half.
 */
export const joinEncodedWords = (value: string): string =>
  value.replace(runs, (run) => {
    const joined: { charset: string; bytes: Buffer }[] = []
    for (const [, charset = '', encoding = '', text = ''] of run.matchAll(word)) {
      const bytes = bytesOf(encoding, text)
      const last = joined.at(-1)
      if (last !== undefined && last.charset.toLowerCase() === charset.toLowerCase())
        last.bytes = Buffer.concat([last.bytes, bytes])
      else joined.push({ charset, bytes })
    }
    return joined
      .map(({ charset, bytes }) => `=?${charset}?B?${bytes.toString('base64')}?=`)
      .join(' ')
  })

// ---

const one = String.raw`=\?[\w.:-]+(?:\*[^?\s]*)?\?[bq]\?[^?]*\?=`
const runs = new RegExp(`${one}(?:\\s+${one})+`, 'gi')
const word = /=\?([\w.:-]+)(?:\*[^?\s]*)?\?([bq])\?([^?]*)\?=/gi

const bytesOf = (encoding: string, text: string): Buffer =>
  encoding.toUpperCase() === 'B'
    ? Buffer.from(text, 'base64')
    : Buffer.from(
        text
          .replace(/_/g, ' ')
          .replace(/=([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
        'latin1',
      )
