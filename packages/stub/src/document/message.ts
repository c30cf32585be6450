import type { Media, ResponseModel } from '../model.ts'
import type { Compiling } from './compile.ts'
import { child, fieldsOf, membersOf, type Place } from './place.ts'

/** Compiles the headers and contents of a response, or the contents of a request. */
export const compileMessage = (at: Place, { reader, schemas }: Compiling): ResponseModel => {
  const headers = membersOf(child(at, 'headers')).flatMap(([name, written]) => {
    const header = reader.follow(written)
    // Described elsewhere in the document: by the content.
    if (header === undefined || name.toLowerCase() === 'content-type') return []
    const schema = child(header, 'schema')
    return [
      [
        name.toLowerCase(),
        {
          required: fieldsOf(header.value)?.required === true,
          schema: schema.value === undefined ? true : schemas.compile(schema),
        },
      ] as const,
    ]
  })
  const content = membersOf(child(at, 'content')).flatMap(([type, media]) => {
    if (!/^[^\s/;]+\/[^\s/;]+(\s*;.*)?$/.test(type)) {
      reader.fault(media, 'must be a media type, such as application/json')
      return []
    }
    const schema = child(media, 'schema')
    return [
      [
        type.toLowerCase(),
        {
          ...(schema.value === undefined ? {} : { schema: schemas.compile(schema) }),
          examples: examplesOf(media, reader),
        },
      ] as const,
    ]
  })
  return { headers: Object.fromEntries(headers), content: Object.fromEntries(content) }
}

// ---

const examplesOf = (media: Place, reader: Compiling['reader']): Media['examples'] => {
  const example = child(media, 'example')
  const named = membersOf(child(media, 'examples')).flatMap(([name, written]) => {
    const at = reader.follow(written)
    if (at === undefined) return []
    const fields = fieldsOf(at.value)
    // Without a value it only describes: in words, or by the address of another file.
    return fields !== undefined && 'value' in fields ? [{ name, value: fields.value }] : []
  })
  return [
    ...(example.value === undefined ? [] : [{ name: 'default', value: example.value }]),
    ...named,
  ]
}
