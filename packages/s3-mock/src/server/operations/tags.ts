import { child, children, readXml, textOf, type XmlContent } from '../message/xml.ts'
import { S3Error } from '../s3-error.ts'
import type { Tags } from '../store/model.ts'

/** Parses the tags of a header: `a=1&b=2`. */
export const readTagHeader = (text: string | undefined): Tags =>
  checked((text ?? '') === '' ? [] : [...new URLSearchParams(text)], 10)

/** Parses the tags of a document. @param most maximum: 10 on an object, 50 on a bucket. */
export const readTagXml = (text: string, most: number): Tags => {
  const set = child(readXml(text, 'Tagging'), 'TagSet')
  if (set === undefined) throw new S3Error('MalformedXML')
  return checked(
    children(set, 'Tag').map((tag) => [textOf(tag, 'Key') ?? '', textOf(tag, 'Value') ?? '']),
    most,
  )
}

/** Returns tags as an XML element, sorted by name. */
export const tagSet = (tags: Tags): XmlContent => ({
  TagSet: {
    Tag: Object.keys(tags)
      .sort()
      .map((Key) => ({ Key, Value: tags[Key] })),
  },
})

// ---

const checked = (tags: readonly (readonly [string, string])[], most: number): Tags => {
  if (tags.length > most)
    throw new S3Error('InvalidTag', { message: `Object tags cannot be greater than ${most}` })
  const seen = new Set<string>()
  for (const [key, value] of tags) {
    if (key === '' || key.length > 128)
      throw new S3Error('InvalidTag', { message: 'The TagKey you have provided is invalid' })
    if (value.length > 256)
      throw new S3Error('InvalidTag', { message: 'The TagValue you have provided is invalid' })
    if (seen.has(key))
      throw new S3Error('InvalidTag', {
        message: 'Cannot provide multiple Tags with the same key',
        details: { TagKey: key },
      })
    seen.add(key)
  }
  return Object.fromEntries(tags)
}
