import { expect, test } from 'vitest'
import { askedBy, isThisMachine } from './asked-by.ts'

const chromium = { 'user-agent': 'Mozilla/5.0', host: 'localhost:9000' }

test.each([
  ['program', { host: 'files:9000' }],
  ['program', { host: 'build.example.test:9000', 'user-agent': 'node', 'sec-fetch-mode': 'cors' }],
  ['page', { ...chromium, 'sec-fetch-site': 'same-origin' }],
  ['page', { ...chromium, 'sec-fetch-site': 'same-origin', origin: 'http://localhost:9000' }],
  ['page', { ...chromium, host: '127.0.0.1:9000', 'sec-fetch-site': 'same-origin' }],
  ['page', { ...chromium, host: '[::1]:9000', 'sec-fetch-site': 'same-origin' }],
  ['user', { ...chromium, 'sec-fetch-site': 'none' }],
  ['stranger', { ...chromium, 'sec-fetch-site': 'cross-site' }],
  ['stranger', { ...chromium, 'sec-fetch-site': 'same-site' }],
  ['stranger', { ...chromium }],
  ['stranger', { ...chromium, 'sec-fetch-site': 'same-origin', origin: 'http://localhost:9001' }],
  ['stranger', { ...chromium, 'sec-fetch-site': 'same-origin', origin: 'null' }],
  ['stranger', { host: 'localhost:9000', origin: 'https://evil.example' }],
  ['stranger', { ...chromium, host: 'evil.example:9000', 'sec-fetch-site': 'same-origin' }],
  ['stranger', { ...chromium, host: 'bucket.localhost:9000', 'sec-fetch-site': 'same-origin' }],
  ['stranger', { ...chromium, host: '127.0.0.1.evil.example', 'sec-fetch-site': 'same-origin' }],
  ['stranger', { host: 'evil.example', origin: 'http://evil.example' }],
])('a %s sends %o', (asker, headers) => {
  expect(askedBy(headers)).toBe(asker)
})

test('names of this machine are those that nobody else can have', () => {
  for (const host of ['localhost', 'LOCALHOST:1', '127.1.2.3:80', '[::1]:80'])
    expect([host, isThisMachine(host)]).toEqual([host, true])
  for (const host of ['', 'localhost.', 'a.localhost', 'localhost:80@x', '10.0.0.1', '[::2]', '1'])
    expect([host, isThisMachine(host)]).toEqual([host, false])
})
