import { expect, test } from 'vitest'
import { outputVariables, variableName } from './output-variables.ts'

test.each([
  ['api', 'http.url', 'API_HTTP_URL'],
  ['db', 'url', 'DB_URL'],
  ['mail', 'smtp.host', 'MAIL_SMTP_HOST'],
  ['order-queue', 'virtualHost', 'ORDER_QUEUE_VIRTUAL_HOST'],
  ['s3', 'accessKey', 'S3_ACCESS_KEY'],
  ['2fa', 'port', '_2FA_PORT'],
])('the variable of output %s.%s is %s', (service, output, name) => {
  expect(variableName(service, output)).toBe(name)
})

test('every output is a variable', () => {
  expect(
    outputVariables({ api: { 'http.url': 'http://a', port: '80' }, db: { url: 'p' } }),
  ).toEqual({
    env: { API_HTTP_URL: 'http://a', API_PORT: '80', DB_URL: 'p' },
    ambiguous: {},
  })
})

test('a name of two outputs is set only if they have one value', () => {
  expect(
    outputVariables({
      api: { 'http.url': 'http://a', 'http.host': '127.0.0.1' },
      'api-http': { url: 'http://b', host: '127.0.0.1' },
    }),
  ).toEqual({
    env: { API_HTTP_HOST: '127.0.0.1' },
    ambiguous: { API_HTTP_URL: ['api.http.url', 'api-http.url'] },
  })
})
