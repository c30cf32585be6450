import type { CheckoutRun } from 'mesocosm/operate'
import { duration } from '../duration.ts'

/** Returns a run as text: the folder and branch of its checkout, who runs it, its age and its lanes. */
export const checkoutText = ({
  root,
  branch,
  who,
  uptimeMs,
  clients,
  lanes,
}: CheckoutRun): string => {
  const names = [...new Set(clients.filter(isOther).map(({ client }) => client))]
  const runner = names.length === 0 ? '' : ` of ${names.join(', ')}`
  return [
    `${root}${branch === undefined ? '' : ` (${branch})`}`,
    `  run ${who}${runner}, up ${duration(uptimeMs)}, ${lanesIn(lanes)}`,
    ...lanes.map(
      ({ topology, lane, state, services }) =>
        `  ${topology}  ${lane}  ${state}  ${readyIn(services)} of ${services.length} ready`,
    ),
  ].join('\n')
}

// ---

/** Not this process, which lists the runs. */
const isOther = ({ pid }: { readonly pid: number }): boolean => pid !== process.pid

const lanesIn = ({ length }: CheckoutRun['lanes']): string =>
  length === 1 ? '1 lane' : `${length === 0 ? 'no' : length} lanes`

const readyIn = (services: CheckoutRun['lanes'][number]['services']): number =>
  services.filter(({ state }) => state === 'ready').length
