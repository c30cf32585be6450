import type { z } from 'zod'
import type { Call } from '../../call/call.ts'
import type { ServiceControl } from '../../engine/lane/service-control.ts'
import { type Route, route } from '../route.ts'
import { killBody, stopBody, waitBody } from '../schema/service.ts'
import { serviceAnswer } from '../schema/views.ts'
import { nameIn } from './services.ts'

interface LifeBody {
  readonly timeoutMs?: number | undefined
  readonly graceMs?: number | undefined
  readonly signal?: string | undefined
}

interface LifeAction {
  readonly summary: string
  readonly body: z.ZodType<LifeBody>
  /** Name in the record, as that of the same method. */
  readonly method?: string
  readonly act: (control: ServiceControl, name: string, body: LifeBody, call: Call) => Promise<void>
}

const actions: Readonly<Record<string, LifeAction>> = {
  restart: {
    summary: 'Restarts the program in the same container; answers when it is ready.',
    body: stopBody,
    act: (control, name, { graceMs }, call) => control.restart(name, graceMs, call),
  },
  stop: {
    summary: 'Stops the program.',
    body: stopBody,
    act: (control, name, { graceMs }, call) => control.stop(name, graceMs, call),
  },
  start: {
    summary: 'Starts the service and what it needs; answers when it is ready.',
    body: waitBody,
    act: (control, name, _, call) => control.startAgain(name, call),
  },
  kill: {
    summary: 'Sends a signal to the program, by default SIGKILL.',
    body: killBody,
    act: (control, name, { signal = 'SIGKILL' }, call) =>
      control.kill(name, signal as `SIG${string}`, call),
  },
  pause: {
    summary: 'Freezes the program.',
    body: waitBody,
    act: (control, name, _, call) => control.setPaused(name, true, call),
  },
  unpause: {
    summary: 'Lets a frozen program go on.',
    body: waitBody,
    act: (control, name, _, call) => control.setPaused(name, false, call),
  },
  connect: {
    summary: 'Connects the service to the network of the lane again.',
    body: waitBody,
    method: 'lane.connect',
    act: (control, name, _, call) => control.setConnected(name, true, call),
  },
  disconnect: {
    summary: 'Takes the service off the network of the lane.',
    body: waitBody,
    method: 'lane.disconnect',
    act: (control, name, _, call) => control.setConnected(name, false, call),
  },
}

/** Routes that change how a service runs. */
export const lifeRoutes: readonly Route[] = Object.entries(actions).map(
  ([action, { summary, body: schema, method = action, act }]) =>
    route({
      id: `${action}Service`,
      method: 'POST',
      path: `/v1/services/{name}/${action}`,
      summary,
      body: schema,
      bodyOptional: true,
      success: { status: 200, schema: serviceAnswer },
      handle: async ({ session, signal, params, body }) => {
        const service = nameIn(params)
        const { timeoutMs, ...rest } = body
        await session.act(
          { method, service, args: [rest], what: `the ${action} of ${service}`, timeoutMs },
          signal,
          (call) => act(session.lane.control, service, body, call),
        )
        return { status: 200, json: session.service(service) }
      },
    }),
)
