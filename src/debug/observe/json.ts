import { isRecord } from '../../model/record.ts'

/** Returns an object in JSON; `undefined` for anything else. */
export const jsonObject = (bytes: Buffer): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
