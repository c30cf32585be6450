/**
 * One form of a secret as text may contain it: for each character its possible spellings. Encoders differ in what
 * they escape, so each character is looked for in every spelling.
 */
export type SecretForm = readonly (readonly string[])[]

/** Characters from which a line of a secret is a secret by itself. */
const shortestLine = 8

/** Bytes from which the base64 form is looked for; that of fewer has only three characters. */
const shortestBase64 = 4

/**
 * Returns the forms in which a secret may appear: as it is or escaped in JSON, a URL or a form; in base64 and
 * base64url, also as a part of encoded text; and each longer line, because logs are written line by line.
 */
export const formsOf = (secret: string): SecretForm[] => {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= shortestLine)
  const texts = [...new Set([secret, ...lines])]
  return texts.flatMap((text) => [[...text].map(spellings), ...base64Forms(text)])
}

// ---

/** Never escaped by any encoder. */
const plain = /^[A-Za-z0-9._-]$/

const spellings = (character: string): string[] => {
  if (plain.test(character)) return [character]
  const url = [...Buffer.from(character)].map((byte) => `%${hex(byte, 2)}`).join('')
  // One unit in most cases; two for characters outside of the basic plane.
  const unicode = Array.from(character.split(''), (unit) => `\\u${hex(unit.charCodeAt(0), 4)}`)
  const json = JSON.stringify(character).slice(1, -1)
  return [
    ...new Set([
      character,
      json,
      `\\${character}`,
      ...cased(url),
      ...cased(unicode.join('')).map((text) => text.replaceAll('\\U', '\\u')),
      ...(character === ' ' ? ['+'] : []),
    ]),
  ]
}

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')

const cased = (text: string): string[] => [text.toUpperCase(), text.toLowerCase()]

/**
 * The characters that the secret alone decides, for each of the three ways in which its bytes can fall into groups of
 * three. What it shares with its neighbours is at most four bits of its first and of its last byte.
 */
const base64Forms = (text: string): SecretForm[] => {
  const bytes = Buffer.from(text)
  if (bytes.length < shortestBase64) return []
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    const first = Math.ceil((before * 8) / 6)
    const end = Math.floor(((before + bytes.length) * 8) / 6)
    return [...encoded.slice(first, end)].map(
      (character) => base64Spellings[character] ?? [character],
    )
  })
}

/** base64url has other characters for two of the 64; URLs escape those of base64, JSON may escape the slash. */
const base64Spellings: Readonly<Record<string, readonly string[]>> = {
  '+': ['+', '-', '%2B', '%2b'],
  '/': ['/', '_', '%2F', '%2f', '\\/'],
}
