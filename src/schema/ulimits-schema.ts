import { z } from 'zod'
import {
  type Ulimit,
  type UlimitName,
  type Ulimits,
  type UlimitValue,
  ulimitNames,
} from '../model/container-settings.ts'
import { isRecord } from '../model/record.ts'
import { strict } from './strict.ts'

const isValue = (value: unknown): boolean =>
  value === 'unlimited' || (Number.isSafeInteger(value) && Number(value) >= 0)

const value = z.custom<UlimitValue>(isValue, {
  error: 'must be 0, 1, 2 … or "unlimited"',
})

const pair = strict<Exclude<Ulimit, UlimitValue>>({ soft: value, hard: value }).refine(
  ({ soft, hard }) => amount(soft) <= amount(hard),
  { error: 'has a soft limit above the hard one' },
)

const ulimit: z.ZodType<Ulimit, Ulimit> = z.custom<Ulimit>().superRefine((input, context) => {
  if (isValue(input)) return
  if (!isRecord(input)) {
    context.addIssue('must be 0, 1, 2 … or "unlimited", or { soft, hard }')
    return
  }
  for (const { path, message } of pair.safeParse(input).error?.issues ?? [])
    context.addIssue({ code: 'custom', path: [...path], message })
})

/** The shape of `ulimits`. */
export const ulimitsSchema = strict<Ulimits>(
  Object.fromEntries(ulimitNames.map((name) => [name, ulimit.optional()])) as unknown as Record<
    UlimitName,
    z.ZodType<Ulimit | undefined>
  >,
)

// ---

const amount = (limit: UlimitValue): number =>
  limit === 'unlimited' ? Number.POSITIVE_INFINITY : limit
