import { destructured } from 'mesocosm/runner'
import { expect, test } from 'vitest'
import { written } from './parameters.ts'

const named = (text: string) => destructured(written(text))

test('what a test destructures is read as it is written', () => {
  expect(named('async ({ api, db: { url } }) => { await __awaiter() }')).toEqual(['api', 'db'])
})

test('parameters that the TypeScript compiler moved to a generator are found there', () => {
  const body = 'function* ({ api, lane }, value) { yield api.run([]) }'
  const lowered = [
    `(_a) => __awaiter(void 0, [_a], void 0, ${body})`,
    `(_a)=>__awaiter(void 0, [\n    _a\n], void 0, ${body})`,
    `(_a, ...args_1) => __awaiter(void 0, [_a, ...args_1], void 0, ${body})`,
    `function (_a) { return __awaiter(this, [_a], void 0, ${body}); }`,
  ]
  expect(lowered.map(named)).toEqual(Array(4).fill(['api', 'lane']))
})

test('a parameter that is not destructured stays one', () => {
  const plain = '(context) => { __awaiter(context) }'
  expect(written(plain)).toBe(plain)
})
