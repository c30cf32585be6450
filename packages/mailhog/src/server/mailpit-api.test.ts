import { MailpitClient } from 'mailpit-api'
import { expect, test } from 'vitest'
import { openMailFixture } from '../../test/mail-fixture.ts'

// Every method of the client that Mailpit's users have.

const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const open = async () => {
  const fixture = await openMailFixture()
  return { fixture, mailpit: new MailpitClient(fixture.url) }
}

test('mailpit-api sends a mail, and reads it back', async () => {
  const { fixture, mailpit } = await open()
  await using _ = fixture
  const { ID } = await mailpit.sendMessage({
    From: { Name: 'Jörg, Shop', Email: 'shop@example.test' },
    To: [{ Name: 'Ann', Email: 'ann+vip@example.test' }],
    Cc: [{ Email: 'cc@example.test' }],
    Bcc: ['eve@example.test'],
    ReplyTo: [{ Email: 'help@example.test' }],
    Subject: 'Grüße 😀',
    Text: 'plain',
    HTML: '<p>rich <img src="cid:logo"></p>',
    Headers: { 'X-Campaign': 'spring' },
    Tags: ['news', 'Spring 2026'],
    Attachments: [
      { Filename: 'a.txt', Content: Buffer.from('data').toString('base64') },
      { Filename: 'logo.png', Content: pixel, ContentID: 'logo', ContentType: 'image/png' },
    ],
  })
  expect(await mailpit.getMessageSummary(ID)).toMatchObject({
    ID,
    From: { Name: 'Jörg, Shop', Address: 'shop@example.test' },
    To: [{ Name: 'Ann', Address: 'ann+vip@example.test' }],
    Cc: [{ Address: 'cc@example.test' }],
    Bcc: [{ Address: 'eve@example.test' }],
    ReplyTo: [{ Address: 'help@example.test' }],
    ReturnPath: 'shop@example.test',
    Subject: 'Grüße 😀',
    Text: 'plain\n',
    Tags: ['Spring 2026', 'news', 'vip'],
    Attachments: [
      {
        FileName: 'a.txt',
        Size: 4,
        Checksums: {
          MD5: '8d777f385d3dfec8815d20f7496026dc',
          SHA1: 'a17c9aaa61e80a1bf71d0d850af4e5baa9800bbd',
          SHA256: '3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7',
        },
      },
    ],
    Inline: [{ FileName: 'logo.png', ContentID: 'logo', ContentType: 'image/png' }],
    ListUnsubscribe: { Header: '', Links: [], Errors: '', HeaderPost: '' },
  })
  expect((await mailpit.getMessageHeaders())['X-Campaign']).toEqual(['spring'])
  expect(await mailpit.getMessageSource()).toMatch(/^X-Tags: news, Spring 2026\r$/m)
  const part = async (kind: 'Attachments' | 'Inline') =>
    (await mailpit.getMessageSummary())[kind][0]?.PartID ?? ''
  expect(await (await mailpit.getMessageAttachment(ID, await part('Attachments'))).text()).toBe(
    'data',
  )
  expect((await mailpit.getAttachmentThumbnail(ID, await part('Inline'))).type).toBe('image/png')
  expect((await mailpit.getAttachmentThumbnail(ID, await part('Attachments'))).type).toBe(
    'image/gif',
  )
  expect(await mailpit.renderMessageText()).toBe('plain\n')
  const logo = `/api/v1/message/${ID}/part/${await part('Inline')}`
  expect(await mailpit.renderMessageHTML(ID)).toContain(`<img src="${logo}">`)
  expect(await mailpit.renderMessageHTML(ID, 1)).toContain('target="_blank"')
})

test('mailpit-api lists, searches, marks and deletes', async () => {
  const { fixture, mailpit } = await open()
  await using _ = fixture
  for (const subject of ['m0', 'm1', 'm2']) await fixture.send({ subject, text: subject })
  const subjects = async (query?: string) =>
    (query === undefined
      ? await mailpit.listMessages()
      : await mailpit.searchMessages({ query })
    ).messages.map(({ Subject }) => Subject)
  expect(await subjects()).toEqual(['m2', 'm1', 'm0'])
  expect((await mailpit.listMessages(1, 1)).messages.map(({ Subject }) => Subject)).toEqual(['m1'])
  expect(await mailpit.setReadStatus({ Search: 'subject:m1', Read: true })).toBe('ok')
  expect(await subjects('is:read')).toEqual(['m1'])
  const [newest] = (await mailpit.listMessages()).messages
  expect(await mailpit.setReadStatus({ IDs: [newest?.ID ?? ''], Read: true })).toBe('ok')
  expect(await subjects('-is:read')).toEqual(['m0'])
  expect((await mailpit.waitForMessage({ query: 'subject:m0' })).Subject).toBe('m0')
  expect((await mailpit.waitForMessages({ query: 'm', count: 3 })).messages_count).toBe(3)
  expect(await mailpit.deleteMessagesBySearch({ query: 'subject:m0' })).toBe('ok')
  expect(await mailpit.deleteMessages({ IDs: [newest?.ID ?? ''] })).toBe('ok')
  expect(await subjects()).toEqual(['m1'])
  expect(await mailpit.getInfo()).toMatchObject({
    Messages: 1,
    Unread: 0,
    RuntimeStats: { SMTPAccepted: 3, MessagesDeleted: 2 },
  })
  expect(await mailpit.deleteMessages()).toBe('ok')
  expect(await subjects()).toEqual([])
})

test('mailpit-api sets, renames and deletes tags', async () => {
  const { fixture, mailpit } = await open()
  await using _ = fixture
  await fixture.send({ subject: 'a', headers: { 'X-Tags': 'one, Two, one' } })
  await fixture.send({ subject: 'b', to: 'ann+three+four@example.test' })
  expect(await mailpit.getTags()).toEqual(['Two', 'four', 'one', 'three'])
  const [b, a] = (await mailpit.listMessages()).messages
  await mailpit.setTags({ IDs: [b?.ID ?? ''], Tags: ['ONE', 'five!'] })
  expect((await mailpit.getInfo()).Tags).toEqual({ Two: 1, five: 1, one: 2 })
  await mailpit.renameTag('two', 'deux')
  await mailpit.deleteTag('one')
  expect((await mailpit.getMessageSummary(a?.ID)).Tags).toEqual(['deux'])
  expect((await mailpit.searchMessages({ query: 'is:tagged -tag:DEUX' })).messages).toMatchObject([
    { Subject: 'b', Tags: ['five'] },
  ])
  await mailpit.setTags({ IDs: [b?.ID ?? ''] })
  expect(await mailpit.getTags()).toEqual(['deux'])
  await expect(mailpit.renameTag('none', 'x')).rejects.toThrow(/400 .*tag not found: none/)
  await expect(mailpit.deleteTag('none')).rejects.toThrow(/400 .*tag not found: none/)
  await expect(mailpit.setTags({ IDs: ['none'], Tags: ['!'] })).rejects.toThrow(
    /message not found: none; invalid tag name: "!"/,
  )
})

test('mailpit-api reads the configuration, and sets chaos', async () => {
  const { fixture, mailpit } = await open()
  await using _ = fixture
  expect(await mailpit.getConfiguration()).toMatchObject({
    ChaosEnabled: true,
    SpamAssassin: false,
    MessageRelay: { Enabled: false },
  })
  const Sender = { ErrorCode: 450, Probability: 100 }
  expect(await mailpit.setChaosTriggers({ Sender })).toMatchObject({ Sender })
  expect(await mailpit.getChaosTriggers()).toMatchObject({ Sender })
  await mailpit.setChaosTriggers()
  expect(await mailpit.getChaosTriggers()).toMatchObject({ Sender: { Probability: 0 } })
})

test('what the server cannot do is refused by its name', async () => {
  const { fixture, mailpit } = await open()
  await using _ = fixture
  await fixture.send({ subject: 'a', html: '<b>a</b>' })
  const refused = (name: string) => new RegExp(`400 .*${name} is not supported: `)
  await expect(mailpit.releaseMessage('latest', { To: ['a@b.test'] })).rejects.toThrow(
    refused('release'),
  )
  await expect(mailpit.htmlCheck()).rejects.toThrow(refused('html-check'))
  await expect(mailpit.linkCheck()).rejects.toThrow(refused('link-check'))
  await expect(mailpit.spamAssassinCheck()).rejects.toThrow(refused('sa-check'))
})
