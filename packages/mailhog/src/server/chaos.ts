import type { ApiChaos, ApiTrigger } from '../mailpit-api.ts'

/** Point of an SMTP session. */
export type ChaosPoint = 'Sender' | 'Recipient' | 'Authentication'

const off: ApiChaos = {
  Sender: { ErrorCode: 451, Probability: 0 },
  Recipient: { ErrorCode: 451, Probability: 0 },
  Authentication: { ErrorCode: 535, Probability: 0 },
}

/** Refusals on demand: for each point of a session an SMTP code, and how often in per cent. */
export class Chaos {
  #triggers = off

  /** The current refusals. */
  get triggers(): ApiChaos {
    return this.#triggers
  }

  /** Replaces all refusals; points that are left out refuse nothing. Throws `RangeError` for an invalid number. */
  set(given: { readonly [P in ChaosPoint]?: Partial<ApiTrigger> }): void {
    const point = (name: ChaosPoint): ApiTrigger => {
      const { ErrorCode = off[name].ErrorCode, Probability = 0 } = given[name] ?? {}
      // 0 is the default, as in Mailpit.
      const trigger = { ErrorCode: ErrorCode === 0 ? off[name].ErrorCode : ErrorCode, Probability }
      inRange(trigger.ErrorCode, 400, 599, 'error code')
      inRange(trigger.Probability, 0, 100, 'probability')
      return trigger
    }
    this.#triggers = {
      Sender: point('Sender'),
      Recipient: point('Recipient'),
      Authentication: point('Authentication'),
    }
  }

  /** Returns the refusal at this point of the current session; `undefined` if it continues. */
  refusalAt(point: ChaosPoint): Error | undefined {
    const { ErrorCode, Probability } = this.#triggers[point]
    if (Math.random() * 100 >= Probability) return undefined
    return Object.assign(new Error(`Chaos ${point.toLowerCase()} error`), {
      responseCode: ErrorCode,
    })
  }
}

const inRange = (value: unknown, from: number, to: number, what: string) => {
  if (!Number.isInteger(value) || (value as number) < from || (value as number) > to)
    throw new RangeError(`${what} must be between ${from} and ${to}`)
}
