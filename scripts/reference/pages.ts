/** Names of one door that share a heading. */
export interface Section {
  readonly title: string
  /** Import name of the door. */
  readonly door: string
  /** Names in their order on the page; default all names of the door that no section names. */
  readonly names?: readonly string[]
}

/** One page of the reference. */
export interface Page {
  readonly file: string
  readonly title: string
  /** One sentence for the page and the index. */
  readonly about: string
  readonly sections: readonly Section[]
  readonly extra?: 'errors' | 'commands'
}

const all = (door: string, title = door): Section => ({ title, door })

/** Every name that a door exports is on exactly one page. */
export const pages: readonly Page[] = [
  {
    file: 'topology.md',
    title: 'Topologies and services',
    about: 'What `defineTopology` takes: the keys of a service, probes, references, commands.',
    sections: [
      {
        title: 'Topologies',
        door: 'mesocosm',
        names: ['defineTopology', 'Topology', 'AnyTopology', 'ServiceName', 'ServicesOf'],
      },
      {
        title: 'Services',
        door: 'mesocosm',
        names: [
          'ServiceDefinition',
          'TaskPlan',
          'TaskSpec',
          'TaskContainerSpec',
          'PluginService',
          'PluginServiceDefinition',
          'CommonPluginOptions',
          'PluginNode',
          'Node',
        ],
      },
      {
        title: 'Values and references',
        door: 'mesocosm',
        names: ['ref', 'secret', 'EnvValue', 'Ref', 'SecretPart', 'Template'],
      },
      {
        title: 'Readiness',
        door: 'mesocosm',
        names: [
          'http',
          'tcp',
          'log',
          'exec',
          'healthcheck',
          'all',
          'Probe',
          'PortProbe',
          'OnPort',
          'AllOf',
          'HttpProbe',
          'TcpProbe',
          'LogProbe',
          'ExecProbe',
          'HealthcheckProbe',
        ],
      },
      {
        title: 'Commands',
        door: 'mesocosm',
        names: [
          'defineCommand',
          'Command',
          'CommandCall',
          'CommandOptions',
          'ArgvFunction',
          'CliDefinition',
          'CliKind',
          'Register',
        ],
      },
      {
        title: 'Testcontainers',
        door: 'mesocosm',
        names: ['testcontainer', 'TestcontainersModule'],
      },
    ],
  },
  {
    file: 'lanes.md',
    title: 'Lanes and resets',
    about: 'How a test gets services: leases, lanes, resets, added services.',
    sections: [
      {
        title: 'Lanes',
        door: 'mesocosm',
        names: ['lease', 'LeaseOptions', 'Lane', 'ResetOptions', 'ResetLevel'],
      },
    ],
  },
  {
    file: 'handles.md',
    title: 'Handles',
    about: 'What a test does with a service: environment, commands, logs, start and stop.',
    sections: [{ title: 'Handles', door: 'mesocosm' }],
  },
  {
    file: 'errors.md',
    title: 'Errors',
    about: 'Every error code, what it means and what helps.',
    sections: [
      {
        title: 'Error classes',
        door: 'mesocosm',
        names: [
          'MesocosmError',
          'ExecError',
          'isMesocosmError',
          'ErrorFacts',
          'ErrorCode',
          'ErrorCodes',
        ],
      },
    ],
    extra: 'errors',
  },
  {
    file: 'commands.md',
    title: 'Command line',
    about: 'The commands of `mesocosm` and their options.',
    sections: [],
    extra: 'commands',
  },
  {
    file: 'record.md',
    title: 'The record of a run',
    about: 'The events that a run writes into `.mesocosm`, and how to read them.',
    sections: [all('mesocosm/trace')],
  },
  {
    file: 'vitest.md',
    title: 'Vitest',
    about:
      'Fixtures for Vitest, the plugin that keeps generated types up to date, and the order of test files.',
    sections: [
      all('@mesocosm/vitest'),
      all('@mesocosm/vitest/plugin'),
      all('@mesocosm/vitest/sequencer'),
    ],
  },
  {
    file: 'jest.md',
    title: 'Jest',
    about: 'Fixtures for Jest.',
    sections: [all('@mesocosm/jest')],
  },
  {
    file: 'bun.md',
    title: 'Bun',
    about: "Fixtures for Bun's test runner.",
    sections: [all('@mesocosm/bun')],
  },
  {
    file: 'node-test.md',
    title: 'node:test',
    about: "Services for tests of Node's own test runner.",
    sections: [all('@mesocosm/node-test')],
  },
  {
    file: 'mocha.md',
    title: 'Mocha',
    about: 'Services for Mocha tests.',
    sections: [all('@mesocosm/mocha')],
  },
  {
    file: 'playwright.md',
    title: 'Playwright Test',
    about: 'Fixtures for Playwright Test, and the reporter that completes the record.',
    sections: [all('@mesocosm/playwright'), all('@mesocosm/playwright/reporter')],
  },
  {
    file: 'plugins.md',
    title: 'Plugins',
    about:
      'PostgreSQL, Redis, RabbitMQ, mail, S3 and APIs from OpenAPI documents: their options, and what their handles can do.',
    sections: [
      all('@mesocosm/postgres'),
      all('@mesocosm/redis'),
      all('@mesocosm/rabbitmq'),
      all('@mesocosm/mailhog'),
      all('@mesocosm/s3-mock'),
      all('@mesocosm/stub'),
      all('@mesocosm/hello'),
    ],
  },
  {
    file: 'write-plugins.md',
    title: 'Writing plugins and runners',
    about: 'The kit for plugins, the session for test runners, and the contract suites for both.',
    sections: [
      {
        title: 'Plugins',
        door: 'mesocosm',
        names: [
          'definePlugin',
          'self',
          'within',
          'PluginFactory',
          'PluginTypes',
          'GeneratedClient',
        ],
      },
      all('mesocosm/plugin'),
      all('mesocosm/runner'),
      all('mesocosm/testing'),
    ],
  },
  {
    file: 'tools.md',
    title: 'Tools',
    about: 'What the command line is made of: runs, projects, leftovers, code generation.',
    sections: [
      all('mesocosm/operate'),
      all('@mesocosm/codegen'),
      all('@mesocosm/codegen/compose'),
      all('@mesocosm/cli'),
    ],
  },
]
