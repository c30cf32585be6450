import { expectations } from 'mesocosm/plugin'
import { expect, test } from 'vitest'
import { openMailFixture } from '../../test/mail-fixture.ts'

test('an expectation holds for a mail that matches, and shows it', async () => {
  await using fixture = await openMailFixture()
  await fixture.send({ subject: 'Your order', to: 'Bob <bob@example.test>', text: 'one' })
  await fixture.send({ subject: 'Welcome', to: 'ann@example.test', text: 'two' })
  const { toHaveReceived } = fixture.mail[expectations]
  const bob = { name: 'Bob', address: 'bob@example.test' }
  for (const match of [
    { to: 'bob@example.test' },
    { subject: expect.stringContaining('order') },
    { to: expect.stringMatching(/^bob@/) },
    { to: expect.objectContaining({ name: 'Bob' }) },
    { to: expect.arrayContaining([bob]) },
    { from: expect.stringContaining('shop@'), text: expect.stringMatching(/one/) },
    expect.objectContaining({ subject: 'Your order', to: [bob] }),
    ({ subject }: { subject: string }) => subject === 'Your order',
  ]) {
    const expectation = toHaveReceived(match)
    expect(await expectation.wait({ timeoutMs: 0 })).toMatchObject({ subject: 'Your order' })
    const present = await expectation.present({})
    expect(present.map((mail) => expectation.lineOf(mail))).toEqual([
      expect.stringMatching(/^"Your order" from shop@example\.test to bob@example\.test at /),
    ])
  }
  expect(await toHaveReceived().present({})).toHaveLength(2)
})

test('an expectation of a mail that is missing fails with those that came', async () => {
  await using fixture = await openMailFixture()
  await fixture.send({ subject: 'Your order', to: 'bob@example.test' })
  const { toHaveReceived } = fixture.mail[expectations]
  const match = { to: expect.stringContaining('ann') }
  expect(await toHaveReceived(match).present({})).toEqual([])
  await expect(toHaveReceived(match).wait({ timeoutMs: 0 })).rejects.toMatchObject({
    code: 'TIMEOUT',
    summary: expect.stringContaining('a mail with to StringContaining<"ann"> in mail'),
    details: [expect.stringContaining('"Your order"')],
  })
  expect(() => toHaveReceived({ too: 'ann@example.test' } as never)).toThrow(/unknown key "too"/)
})
