import type { Handles } from 'mesocosm'
import type { topology } from './topology.ts'

/*
 * What the generated file allows and rejects. Compiled, never run.
 */

export const use = async ({ payments }: Handles<typeof topology>) => {
  payments.url satisfies string
  await using _ = await payments.on('POST /charges', ({ body }) => {
    body.amount satisfies number
    body.currency satisfies 'eur' | 'usd'
    return { body: { id: 'ch_1', amount: body.amount, currency: body.currency, status: 'paid' } }
  })
  const id = await payments.on(
    'getCharge',
    ({ params }) => ({ status: 404, headers: { 'x-id': params.id } }),
    async () => 'ch_1',
  )
  id satisfies string
  // @ts-expect-error not a status of the operation
  await payments.on('createCharge', () => ({ status: 500, body: {} }))
  // @ts-expect-error not a body of the status
  await payments.on('createCharge', () => ({ status: 402, body: { titel: 'no' } }))
  // @ts-expect-error no such operation
  await payments.on('POST /charge', () => ({ status: 201 }))
  await using _slow = await payments.fail('GET /charges', { delayMs: 10, times: 2 })
  // @ts-expect-error no such operation
  await payments.fail('chargeAll', { status: 503 })
  const [first] = await payments.received('listCharges')
  first?.query.limit satisfies number | undefined
  const { body } = await payments.waitForRequest('createCharge')
  body.card?.number satisfies string | undefined
  await payments.waitForRequest({ route: 'createCharge', body: { amount: 1 } })
}
