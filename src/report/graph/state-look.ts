/** Returns how a state of a service is shown; `undefined` for none. */
export const stateLook = (
  state: string | undefined,
): 'good' | 'busy' | 'bad' | 'off' | undefined => {
  switch (state) {
    case undefined:
      return undefined
    case 'ready':
    case 'healthy':
    case 'started':
      return 'good'
    case 'failed':
    case 'exited':
    case 'unhealthy':
      return 'bad'
    case 'preparing':
    case 'starting':
    case 'stopping':
    case 'paused':
      return 'busy'
    default:
      return 'off'
  }
}
