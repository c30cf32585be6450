import { MesocosmError } from 'mesocosm'

/** Returns the error for a response of S3 that is a refusal. S3's own code is in `facts.s3Code`. */
export const refused = async (
  service: string,
  request: string,
  response: Response,
): Promise<MesocosmError> => {
  const text = await response.text()
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]
  const s3Code = element('Code')
  const reason = [s3Code, element('Message')].filter((part) => part !== undefined).join(': ')
  return new MesocosmError({
    code: 'SERVICE_CLIENT_FAILED',
    message: `${service} answered ${request} with status ${response.status}${reason === '' ? '' : `, ${reason}`}`,
    facts: { service, status: response.status, ...(s3Code === undefined ? {} : { s3Code }) },
  })
}
