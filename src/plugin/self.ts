import type { Ref } from '../define/env-value.ts'

/**
 * In a plugin: the value of the service's own output, for its `outputs` and `tasks`.
 * Inside the network it is the inside value, in a test the test's.
 *
 * @param output `host`, `port`, `<port>.host | .port | .url`, or another declared output.
 * @example outputs: { url: ['postgres://', self('sql.host'), ':', self('sql.port'), '/', ref('lane.name')] }
 */
export const self = <const O extends string>(output: O): Ref<`self.${O}`> => ({
  ref: `self.${output}`,
})
