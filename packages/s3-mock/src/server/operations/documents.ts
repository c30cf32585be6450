import type { Operation } from '../call.ts'
import { type Answer, empty, noContent, xml } from '../message/answer.ts'
import { readXml, textOf } from '../message/xml.ts'
import { S3Error } from '../s3-error.ts'
import type { DocumentKind } from './document-kinds.ts'

/* Configurations that a bucket only keeps. They are stored as they were sent, so what is read means what was written. */

/** Returns the operations of a kind of document. */
export const documentOperations = (
  sub: string,
  kind: DocumentKind,
): { readonly get: Operation; readonly put: Operation; readonly delete: Operation } => ({
  get({ bucket, request }) {
    const { documents } = bucket.settings
    const id = request.param('id')
    if (kind.listRoot !== undefined && id === undefined)
      return raw(kind.listRoot, ofKind(documents, sub).join(''))
    const found = documents[nameOf(sub, kind, id)]
    if (found !== undefined) return asXml(found)
    if ('content' in kind.absent) return xml(kind.root, kind.absent.content)
    throw new S3Error(kind.absent.code, { details: { BucketName: bucket.name } })
  },
  async put({ bucket, tenant, request, body }) {
    const name = nameOf(sub, kind, request.param('id'))
    const text = await body.text()
    const document = readXml(text, kind.root)
    if (kind.listRoot !== undefined && textOf(document, 'Id') !== request.param('id'))
      throw new S3Error('MalformedXML')
    kind.check?.(document, bucket, tenant)
    bucket.change({ documents: { ...bucket.settings.documents, [name]: rootOf(text, kind.root) } })
    return empty()
  },
  delete({ bucket, request }) {
    const name = nameOf(sub, kind, request.param('id'))
    const { [name]: found, ...documents } = bucket.settings.documents
    if (found === undefined && kind.listRoot !== undefined)
      throw new S3Error('NoSuchConfiguration', { details: { BucketName: bucket.name } })
    bucket.change({ documents })
    return noContent()
  },
})

// ---

const nameOf = (sub: string, { listRoot }: DocumentKind, id: string | undefined): string => {
  if (listRoot === undefined) return sub
  if (id === undefined || id === '' || id.length > 64)
    throw new S3Error('InvalidArgument', {
      message: 'Missing or invalid configuration id',
      details: { ArgumentName: 'id', ArgumentValue: id ?? '' },
    })
  return `${sub}/${id}`
}

const ofKind = (documents: Readonly<Record<string, string>>, sub: string): string[] =>
  Object.keys(documents)
    .filter((name) => name.startsWith(`${sub}/`))
    .sort()
    .map((name) => documents[name] ?? '')

/** Returns the root element without what is before and after it. */
const rootOf = (text: string, root: string): string => {
  const start = text.search(new RegExp(`<([\\w.-]+:)?${root}[\\s/>]`))
  return text.slice(start, text.lastIndexOf('>') + 1)
}

const asXml = (document: string): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${document}`,
})

const raw = (root: string, content: string): Answer =>
  asXml(
    `<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>false</IsTruncated>${content}</${root}>`,
  )
