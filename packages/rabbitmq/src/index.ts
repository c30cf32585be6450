import { definePlugin, log, ref, secret, self, tcp } from 'mesocosm'
import { type Definitions, definitionsFile } from './definitions.ts'
import { laneExpression, laneScript } from './lane-script.ts'
import { createRabbitClient } from './rabbit-client.ts'
import { fastSettings, type Setting, settingsFile } from './settings.ts'

export type { Arguments, Binding, Definitions, Exchange, Policy, Queue } from './definitions.ts'
export type { MessageMatch, RabbitMessage } from './message.ts'
export type { MessageBody, PublishOptions, Target } from './publish.ts'
export type { ConsumeOptions, QueueState, RabbitClient } from './rabbit-client.ts'
export type { Setting } from './settings.ts'
export type { Source, Subscription } from './subscription.ts'

export interface RabbitmqOptions {
  /** Default `rabbitmq:4`; any image that keeps the official one's contract, version 4.0 or later. */
  readonly image?: string
  /**
   * `run`: one server, one virtual host and one user a lane; `lane`: a server a lane, so that tests can stop and
   * change it. Default `run`.
   */
  readonly share?: 'run' | 'lane'
  /** User of a lane; on a shared server the lane's name is put after it. Default `app`. */
  readonly user?: string
  /** Default `rabbit-password`. */
  readonly password?: string
  /** Exchanges, queues, bindings and policies that every lane has from the start, as RabbitMQ exports them. */
  readonly definitions?: Definitions
  /** Plugins to enable, such as `rabbitmq_management`. Default none: they make the start longer. */
  readonly plugins?: readonly string[]
  /** More lines of `rabbitmq.conf`, such as `{ max_message_size: 1024 }`; they win over ours. */
  readonly settings?: Readonly<Record<string, Setting>>
}

/**
 * RabbitMQ: outputs `url, host, port, vhost, user, password`; the handle has `publish()`, `consumeOne()`,
 * `subscribe()`, `purge()` and `inspect()`.
 *
 * A reset purges all queues of the lane and leaves what was declared, with clients still connected.
 */
export const rabbitmq = definePlugin({
  name: 'rabbitmq',
  service: ({
    image = 'rabbitmq:4',
    share = 'run',
    user = 'app',
    password = 'rabbit-password',
    definitions,
    plugins = [],
    settings = {},
  }: RabbitmqOptions = {}) => {
    const shared = share === 'run'
    const lane = ref('lane.name')
    const lanes = (what: 'enter' | 'define' | 'reset' | 'leave') => ({
      argv: ['sh', '/mesocosm/lanes.sh', what, self('vhost'), self('user')],
      env: { LANE_PASSWORD: secret(password) },
    })
    return {
      image,
      command: ['rabbitmq-server'],
      env: {
        // Data belongs to this name; the container's own is another one each time.
        RABBITMQ_NODENAME: 'rabbit@localhost',
        // Outside of the image's volume, so that the prebuilt image holds the data, and where everybody may write.
        RABBITMQ_MNESIA_BASE: '/tmp/mesocosm-rabbitmq',
        // One scheduler that sleeps while there is nothing to do.
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none',
        // Lanes on a shared server have users of their own; this one is nobody's.
        RABBITMQ_DEFAULT_USER: shared ? 'mesocosm' : user,
        RABBITMQ_DEFAULT_PASS: secret(password),
      },
      ports: { amqp: { port: 5672, scheme: 'amqp' } },
      // Listening comes before the last steps of the start.
      ready: Object.keys(settings).some((name) => name.startsWith('log.'))
        ? tcp('amqp')
        : log('Server startup complete'),
      prebuild: true,
      share,
      files: [
        {
          content: settingsFile({ ...fastSettings, ...settings }),
          to: '/etc/rabbitmq/conf.d/90-mesocosm.conf',
          mode: 0o644,
        },
        { content: `[${plugins.join(',')}].\n`, to: '/etc/rabbitmq/enabled_plugins', mode: 0o644 },
        { content: laneScript, to: '/mesocosm/lanes.sh' },
        { content: laneExpression, to: '/mesocosm/lane.erl' },
        ...(definitions === undefined
          ? []
          : [
              {
                content: definitionsFile(definitions),
                to: '/mesocosm/definitions.json',
                mode: 0o644,
              },
            ]),
      ],
      outputs: {
        vhost: shared ? lane : '/',
        user: shared ? [`${user}_`, lane] : user,
        password: secret(password),
        url: [
          `amqp://${encodeURIComponent(user)}`,
          ...(shared ? ['_', lane] : []),
          ':',
          secret(encodeURIComponent(password)),
          '@',
          self('amqp.host'),
          ':',
          self('amqp.port'),
          '/',
          shared ? lane : '%2F',
        ],
      },
      tasks: {
        enter: [lanes(shared ? 'enter' : 'define')],
        reset: [lanes('reset')],
        leave: shared ? [lanes('leave')] : [],
      },
    }
  },
  client: (service) => createRabbitClient(service),
})
