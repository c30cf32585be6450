import { addressParser } from 'postal-mime'
import { expect, test } from 'vitest'
import { pick, seeded } from '../../../test/lib/odd-requests.ts'
import { addressesIn } from './addresses.ts'

test('addresses are those that the parser finds in the whole value', () => {
  const random = seeded(20_261_129)
  const pieces = [
    'a@x.test',
    '<b@x.test>',
    'Ann',
    '"B, b"',
    '(c)',
    ',',
    ';',
    ':',
    '"',
    '<',
    '>',
    '\\',
    ' ',
    '@',
  ]
  for (let count = 0; count < 5_000; count++) {
    const value = Array.from({ length: Math.floor(random() * 9) }, () => pick(random, pieces)).join(
      '',
    )
    const whole = addressParser(value)
    // Names without a domain are addresses here.
    const named = whole.map((one) =>
      one.group === undefined && one.address === '' && /^[^\s@"]+$/.test(one.name)
        ? { name: '', address: one.name }
        : one,
    )
    expect([value, addressesIn(value)]).toEqual([value, named])
  }
})

test('tens of thousands of addresses are read', { timeout: 120_000 }, () => {
  const many = Array.from({ length: 60_000 }, (_, index) => `a${index}@x.test`)
  expect(addressesIn(many.join(',')).map(({ address }) => address)).toEqual(many)
})
