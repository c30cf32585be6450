import { expect, test } from 'vitest'
import { misfits } from '../test/shapes.ts'

const down = { type: "JsonOutput['down']" }

test('the check of shapes finds missing keys, keys that are not documented, and wrong types', () => {
  const found = misfits([
    { ...down, json: '[{"who":"warm","run":"r","ms":1}]' },
    { ...down, json: '[{"who":"warm","run":"r"}]' },
    { ...down, json: '[{"who":"warm","run":"r","ms":1,"more":1}]' },
    { ...down, json: '[{"who":1,"run":"r","ms":1}]' },
  ])
  expect(found).toHaveLength(3)
  expect(found[0]).toContain("'ms' is missing")
  expect(found[1]).toContain('\'"more"\' does not exist')
  expect(found[2]).toContain("'number' is not assignable to type 'string'")
})
