import { MesocosmError } from 'mesocosm'

/** S3's answer as an error: its code and message are in a small document. */
export const refusedBy = async (
  service: string,
  what: string,
  response: Response,
): Promise<MesocosmError> => {
  const text = await response.text()
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]
  const s3Code = element('Code')
  const reason = [s3Code, element('Message')].filter((part) => part !== undefined).join(': ')
  return new MesocosmError({
    code: 'SERVICE_CLIENT_FAILED',
    message: `${service} answered ${what} with status ${response.status}${reason === '' ? '' : `, ${reason}`}`,
    facts: { service, status: response.status, ...(s3Code === undefined ? {} : { s3Code }) },
  })
}

export const noAnswer = (service: string, what: string, cause: unknown): MesocosmError =>
  new MesocosmError({
    code: 'SERVICE_CLIENT_FAILED',
    message: `${service} does not answer ${what}`,
    remedy: 'see in its log whether it runs; start() it again if the test has stopped it',
    facts: { service },
    cause,
  })
