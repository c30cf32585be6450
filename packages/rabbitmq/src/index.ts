import { definePlugin, log, ref, secret, self, tcp } from 'mesocosm'
import { type Definitions, definitionsFile } from './definitions.ts'
import { laneExpression } from './lane-expression.ts'
import { laneScript } from './lane-script.ts'
import { pluginFiles } from './plugin-files.ts'
import { createRabbitClient } from './rabbit-client.ts'
import { fastSettings, type RabbitSetting, settingsFile } from './settings.ts'
import './matchers.ts'

export type {
  Binding,
  Definitions,
  Exchange,
  Policy,
  Queue,
  RabbitArguments,
} from './definitions.ts'
export type {
  Arguments,
  MessageMatch,
  Setting,
  Source,
  Subscription,
  Target,
} from './deprecated.ts'
export type { RabbitMessage, RabbitMessageMatch } from './message.ts'
export type { MessageBody, PublishOptions, RabbitTarget } from './publish.ts'
export type { ConsumeOptions, QueueState, RabbitClient } from './rabbit-client.ts'
export type { RabbitSetting } from './settings.ts'
export type { RabbitExpectations, RabbitSource, RabbitSubscription } from './subscription.ts'

/** Options of {@link rabbitmq}. */
export interface RabbitmqOptions {
  /** Image with the contract of the official one, version 4.0 or later. Default `rabbitmq:4`. */
  readonly image?: string
  /**
   * `run`: one server, with a virtual host and a user per lane; `lane`: one server per lane, so that tests can stop and
   * change it. Default `run`.
   */
  readonly share?: 'run' | 'lane'
  /** User of a lane; on a shared server the lane's name is appended. Default `app`. */
  readonly user?: string
  /** Password of every lane's user. Default `rabbit-password`. */
  readonly password?: string
  /** Exchanges, queues, bindings and policies that every lane has from the start, as RabbitMQ exports them. Default none. */
  readonly definitions?: Definitions
  /**
   * Plugins to enable: names of those in the image, such as `rabbitmq_management`, and `.ez` files relative to the topology,
   * such as `./rabbitmq_delayed_message_exchange-4.1.0.ez`. Default none, because they make the start longer.
   */
  readonly plugins?: readonly string[]
  /** More settings of `rabbitmq.conf`, such as `{ max_message_size: 1024 }`; they override the plugin's. */
  readonly settings?: Readonly<Record<string, RabbitSetting>>
}

/**
 * Declares a RabbitMQ server: outputs `url, host, port, vhost, user, password`; its handle has `publish()`,
 * `consumeOne()`, `subscribe()`, `purge()` and `inspect()`.
 *
 * A reset deletes the messages and restores what was declared until all services were ready, with clients still connected.
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
    const lanes = (what: 'enter' | 'define' | 'baseline' | 'reset' | 'leave') => ({
      argv: ['sh', '/mesocosm/lanes.sh', what, self('vhost'), self('user')],
      env: { LANE_PASSWORD: secret(password) },
    })
    return {
      image,
      command: ['rabbitmq-server'],
      env: {
        // Data belongs to this name; the default is the name of the container, which changes.
        RABBITMQ_NODENAME: 'rabbit@localhost',
        // Outside of the image's volume, so that the prebuilt image has the data, and writable for any user.
        RABBITMQ_MNESIA_BASE: '/tmp/mesocosm-rabbitmq',
        // One scheduler, which sleeps when idle.
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none',
        // Lanes on a shared server have their own users, and do not use this one.
        RABBITMQ_DEFAULT_USER: shared ? 'mesocosm' : user,
        RABBITMQ_DEFAULT_PASS: secret(password),
      },
      ports: { amqp: { port: 5672, scheme: 'amqp' } },
      // The server listens before its start is complete.
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
        ...pluginFiles(plugins),
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
      // #region unsupported
      local: {
        unsupported:
          'needs RabbitMQ with its settings, scripts and plugins, which are only in its image',
        remedy: 'use a container engine for this topology, or leave the service out of it',
      },
      // #endregion
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
        baseline: [lanes('baseline')],
        reset: [lanes('reset')],
        leave: shared ? [lanes('leave')] : [],
      },
    }
  },
  matchers: ['toHaveReceived'],
  client: (service) => createRabbitClient(service),
})
