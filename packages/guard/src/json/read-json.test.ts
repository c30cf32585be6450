import { expect, test } from 'vitest'
import { randomOf } from '../test-scene.ts'
import { fold } from './fold.ts'
import { type Json, writeJson } from './json.ts'
import { maxDepth, maxJsonBytes, readJson } from './read-json.ts'

const read = (text: string) => readJson(Buffer.from(text))

test.for([
  '{}',
  '[]',
  '{"a":[1,-2.5,1e3,true,false,null,"\\u00e4\\n\\""],"b":{"a":{}}}',
  ' [ 1 , { "a" : "\\\\" } ] ',
  '{"__proto__":{"x":1},"constructor":2}',
  '"\\ud83d\\ude00"',
])('%s is read as the language reads it', (text) => {
  const result = read(text)
  if ('refuse' in result) throw new Error(result.refuse.message)
  expect(writeJson(result.json)).toBe(JSON.stringify(JSON.parse(text)))
})

test.for([
  ['a repeated key', '{"a":1,"a":2}'],
  ['a key repeated by an escape', '{"a":1,"\\u0061":2}'],
  ['a repeated key deep inside', '[{"x":{"a":1,"b":2,"a":3}}]'],
  ['a second value', '{} {}'],
  ['garbage after the value', '{}x'],
  ['nothing', ''],
  ['a comma too many', '[1,]'],
  ['a comma too many in an object', '{"a":1,}'],
  ['a comment', '{/**/}'],
  ['single quotes', "{'a':1}"],
  ['a name without quotes', '{a:1}'],
  ['a control character', '"\n"'],
  ['an unknown escape', '"\\x41"'],
  ['half of a surrogate pair', '"\\ud83d"'],
  ['a NUL character', '"\\u0000"'],
  ['a string that does not end', '"a\\"'],
  ['a leading zero', '01'],
  ['a plus sign', '+1'],
  ['NaN', 'NaN'],
  ['an integer that is not exact', '9007199254740993'],
  ['a number without end', '1e999'],
  ['a byte order mark', '\ufeff{}'],
  ['a no-break space', '\u00a0{}'],
  ['an object that does not end', '{"a":1'],
] as const)('%s is refused', ([, text]) => {
  expect(read(text)).toMatchObject({ refuse: { status: 400 } })
})

test('input that is not UTF-8, too deep or too long is refused', () => {
  expect(readJson(Uint8Array.of(0x22, 0xff, 0x22))).toMatchObject({ refuse: { status: 400 } })
  expect(readJson(Uint8Array.of(0x22, 0xc0, 0xaf, 0x22))).toMatchObject({ refuse: { status: 400 } })
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  expect(read(nested(maxDepth + 1))).toMatchObject({ json: expect.anything() })
  expect(read(nested(maxDepth + 2))).toMatchObject({ refuse: { status: 400 } })
  expect(read(nested(100_000))).toMatchObject({ refuse: { status: 400 } })
  expect(read(`"${'a'.repeat(maxJsonBytes)}"`)).toMatchObject({ refuse: { status: 413 } })
  expect(read(`"${'a'.repeat(maxJsonBytes - 2)}"`)).toMatchObject({ json: expect.any(String) })
})

test('edited texts are accepted only if the language reads the same value', () => {
  const odd = [
    '"',
    '\\',
    ',',
    ':',
    '{',
    '}',
    '[',
    ']',
    '1',
    'e',
    '-',
    '.',
    'null',
    ' ',
    '\n',
    '\\u0061',
    '"a"',
  ]
  let accepted = 0
  for (let seed = 1; seed <= 5000; seed++) {
    const random = randomOf(seed)
    let text = '{"a":[1,2.5,"x\\n"],"b":{"c":null,"d":true},"e":"f"}'
    for (let edits = 1 + random.int(3); edits > 0; edits--) {
      const at = random.int(text.length)
      text = text.slice(0, at) + random.pick(odd) + text.slice(at + random.int(3))
    }
    const result = read(text)
    if ('refuse' in result) continue
    accepted++
    expect(plain(result.json), `seed ${seed}: ${text}`).toEqual(JSON.parse(text))
  }
  expect(accepted).toBeGreaterThan(100)
})

test('keys fold as Go folds the names of fields', () => {
  expect(fold('HOSTCONFIG')).toBe(fold('HostConfig'))
  expect(fold('Ho\u017ftConfig')).toBe(fold('HostConfig'))
  expect(fold('Networ\u212aMode')).toBe(fold('NetworkMode'))
})

const plain = (value: Json): unknown => JSON.parse(writeJson(value))
