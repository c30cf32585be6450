import type { Ref } from '../define/env-value.ts'

/**
 * Returns a reference to an output of the plugin's own service, for its `outputs` and `tasks`.
 * For services it is the value in the lane's network, for tests the published one.
 *
 * @param output `host`, `port`, `<port>.host | .port | .url`, or another declared output.
 * @example outputs: { url: ['postgres://', self('sql.host'), ':', self('sql.port'), '/', ref('lane.name')] }
 */
export const self = <const O extends string>(output: O): Ref<`self.${O}`> => ({
  ref: `self.${output}`,
})
