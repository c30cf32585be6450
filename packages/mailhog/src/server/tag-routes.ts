import { json, ok, type Route, route } from './answer.ts'
import { list, readBody, text } from './json-body.ts'
import type { Mailbox } from './mailbox.ts'
import { uniqueTags, validTag } from './tags.ts'

/** Returns the routes of tags: all of them, those of some mails, and one. */
export const tagRoutes = (mailbox: Mailbox): readonly Route[] => {
  const known = (tag: string): string => {
    const found = Object.keys(mailbox.tags).find((one) => one.toLowerCase() === tag.toLowerCase())
    if (found === undefined) throw new RangeError(`tag not found: ${tag}`)
    return found
  }
  const replace = (tag: string, by: readonly string[]) => {
    for (const mail of mailbox.newestFirst())
      if (mail.tags.includes(tag))
        mailbox.setTags(
          mail,
          mail.tags.flatMap((one) => (one === tag ? by : [one])),
        )
  }
  return [
    route('GET', /^\/api\/v1\/tags$/, () => json(Object.keys(mailbox.tags))),
    route('PUT', /^\/api\/v1\/tags$/, async (request) => {
      const { IDs = [], Tags = [] } = readBody(await request.json(), {
        IDs: list(text),
        Tags: list(text),
      })
      const wrong = [
        ...IDs.filter((id) => mailbox.get(id) === undefined).map(
          (id) => `message not found: ${id}`,
        ),
        ...Tags.filter((tag) => validTag(tag) === '').map((tag) => `invalid tag name: "${tag}"`),
      ]
      if (wrong.length > 0) throw new RangeError(wrong.join('; '))
      const names = canonical(mailbox, Tags)
      for (const id of IDs) {
        const mail = mailbox.get(id)
        if (mail !== undefined) mailbox.setTags(mail, names)
      }
      return ok
    }),
    route('PUT', /^\/api\/v1\/tags\/([^/]+)$/, async (request, [given = '']) => {
      const { Name = '' } = readBody(await request.json(), { Name: text })
      const tag = known(given)
      const name = validTag(Name)
      if (name === '') throw new RangeError(`invalid tag name: "${Name}"`)
      const taken = Object.keys(mailbox.tags).find(
        (one) => one !== tag && one.toLowerCase() === name.toLowerCase(),
      )
      if (taken !== undefined) throw new RangeError(`tag already exists: ${taken}`)
      replace(tag, [name])
      return ok
    }),
    route('DELETE', /^\/api\/v1\/tags\/([^/]+)$/, (_, [given = '']) => {
      replace(known(given), [])
      return ok
    }),
  ]
}

// ---

/** Returns tags as other mails have them, because `news` and `News` are one tag. */
const canonical = (mailbox: Mailbox, tags: readonly string[]): string[] => {
  const known = new Map(Object.keys(mailbox.tags).map((tag) => [tag.toLowerCase(), tag]))
  return uniqueTags(tags).map((tag) => known.get(tag.toLowerCase()) ?? tag)
}
