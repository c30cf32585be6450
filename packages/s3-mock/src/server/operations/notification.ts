import type { Operation } from '../call.ts'
import { empty, xml } from '../message/answer.ts'
import { child, children, readXml, textOf, type XmlNode } from '../message/xml.ts'
import { S3Error } from '../s3-error.ts'
import type { Hook } from '../store/model.ts'

/* A configuration has a URL to post to, instead of the ARN of a queue, a topic or a function. */

const kinds = {
  QueueConfiguration: 'Queue',
  TopicConfiguration: 'Topic',
  CloudFunctionConfiguration: 'CloudFunction',
} as const
type Kind = keyof typeof kinds

/** Answers `GET /<bucket>?notification`. */
export const getBucketNotification: Operation = ({ bucket }) => {
  const of = (kind: Kind) =>
    bucket.settings.hooks
      .filter((hook) => hook.kind === kind)
      .map((hook) => ({
        Id: hook.id,
        [kinds[kind]]: hook.url,
        Event: hook.events,
        Filter:
          hook.prefix === '' && hook.suffix === ''
            ? undefined
            : { S3Key: { FilterRule: filterRules(hook) } },
      }))
  return xml('NotificationConfiguration', {
    QueueConfiguration: of('QueueConfiguration'),
    TopicConfiguration: of('TopicConfiguration'),
    CloudFunctionConfiguration: of('CloudFunctionConfiguration'),
  })
}

/** Answers `PUT /<bucket>?notification`. */
export const putBucketNotification: Operation = async ({ bucket, body }) => {
  const document = readXml(await body.text(), 'NotificationConfiguration')
  if (child(document, 'EventBridgeConfiguration') !== undefined)
    throw new S3Error('NotImplemented', { message: 'EventBridgeConfiguration is not implemented' })
  const hooks = (Object.keys(kinds) as Kind[]).flatMap((kind) =>
    children(document, kind).map((node, index) => readHook(kind, node, index)),
  )
  bucket.change({ hooks })
  return empty()
}

// ---

const filterRules = ({ prefix, suffix }: Hook) =>
  [
    { Name: 'prefix', Value: prefix },
    { Name: 'suffix', Value: suffix },
  ].filter(({ Value }) => Value !== '')

const readHook = (kind: Kind, node: XmlNode, index: number): Hook => {
  const url = textOf(node, kinds[kind]) ?? ''
  if (!/^https?:\/\//.test(url))
    throw new S3Error('InvalidArgument', {
      message: `Unable to validate the following destination configurations; ${kinds[kind]} must be an http or https URL`,
      details: { ArgumentName: url, ArgumentValue: 'The destination does not exist' },
    })
  const events = children(node, 'Event').filter((event) => typeof event === 'string')
  const strange = events.find((event) => !/^s3:[A-Za-z]+(:[A-Za-z*]+)?$/.test(event))
  if (events.length === 0 || strange !== undefined)
    throw new S3Error('InvalidArgument', {
      message: 'The event is not supported for notifications',
      details: { ArgumentName: 'Event', ArgumentValue: strange ?? '' },
    })
  const rules = children(child(child(node, 'Filter'), 'S3Key'), 'FilterRule')
  const rule = (name: string) =>
    textOf(
      rules.find((one) => textOf(one, 'Name')?.toLowerCase() === name),
      'Value',
    ) ?? ''
  return {
    id: textOf(node, 'Id') ?? `${kind}-${index}`,
    kind,
    url,
    events,
    prefix: rule('prefix'),
    suffix: rule('suffix'),
  }
}
