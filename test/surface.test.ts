import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/*
 * Every name that a door exports, types with a `type` before them. A change here is a change of the public API:
 * `vitest run test/surface -u` records it, and the commit says why.
 */

const root = join(import.meta.dirname, '..')

/** Returns the names in the declaration file of a built door. */
const namesOf = (door: string): readonly string[] => {
  const script = createRequire(join(root, 'test/')).resolve(door)
  const text = readFileSync(script.replace(/\.js$/, '.d.ts'), 'utf8').replaceAll(
    /\/\*[\s\S]*?\*\//g,
    '',
  )
  const lists = [...text.matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(
    ([, typeOnly = '', names = '']) =>
      names
        .split(',')
        .map((name) => name.trim().replace(/^(type )?.* as /, '$1'))
        .filter((name) => name !== '')
        .map((name) => (name.startsWith('type ') ? name : typeOnly + name)),
  )
  const declared = [
    ...text.matchAll(/^export (?:declare )?(const|function|class|type|interface) (\w+)/gm),
  ].map(([, kind = '', name = '']) => (/type|interface/.test(kind) ? `type ${name}` : name))
  expect(text, 'a door exports by name').not.toMatch(/^export \*/m)
  return [...lists, ...declared].sort()
}

test('mesocosm exports the recorded names', () => {
  expect(namesOf('mesocosm')).toMatchInlineSnapshot(`
    [
      "ExecError",
      "MesocosmError",
      "all",
      "defineCommand",
      "definePlugin",
      "defineTopology",
      "exec",
      "healthcheck",
      "http",
      "isMesocosmError",
      "lease",
      "log",
      "ref",
      "secret",
      "self",
      "tcp",
      "testcontainer",
      "type AllOf",
      "type AnyTopology",
      "type ArgvFunction",
      "type BaseHandle",
      "type CliDefinition",
      "type CliKind",
      "type Command",
      "type CommandCall",
      "type EnvOptions",
      "type EnvPatch",
      "type EnvPatchOf",
      "type EnvTextOf",
      "type EnvValue",
      "type ErrorCode",
      "type ErrorCodes",
      "type ErrorFacts",
      "type ExecProbe",
      "type ExecResult",
      "type HandleOf",
      "type Handles",
      "type HealthcheckProbe",
      "type HttpProbe",
      "type Lane",
      "type LeaseOptions",
      "type LogLine",
      "type LogProbe",
      "type Node",
      "type OnPort",
      "type PluginFactory",
      "type PluginHandle",
      "type PluginNode",
      "type PluginService",
      "type PluginServiceDefinition",
      "type PortHandle",
      "type PortProbe",
      "type Probe",
      "type Ref",
      "type Register",
      "type ResetLevel",
      "type ResetOptions",
      "type RunOptions",
      "type SecretPart",
      "type ServiceDefinition",
      "type ServiceHandle",
      "type ServiceLogs",
      "type ServiceName",
      "type ServicesOf",
      "type StopOptions",
      "type TaskPlan",
      "type TaskSpec",
      "type TcpProbe",
      "type Template",
      "type TestcontainersModule",
      "type Topology",
      "type WaitOptions",
      "withTimeout",
      "within",
    ]
  `)
})

test('mesocosm/runner exports the recorded names', () => {
  expect(namesOf('mesocosm/runner')).toMatchInlineSnapshot(`
    [
      "beginTest",
      "openLane",
      "openRunnerSession",
      "testIdOf",
      "type AnyTopology",
      "type Handles",
      "type Lane",
      "type LeaseOptions",
      "type OpenLane",
      "type RunnerFile",
      "type RunnerSession",
      "type RunnerTest",
      "type RunningTest",
      "type ServiceName",
      "type ServicesOf",
      "type TestFacts",
      "type TestResult",
      "type TestScope",
    ]
  `)
})

test('mesocosm/operate exports the recorded names', () => {
  expect(namesOf('mesocosm/operate')).toMatchInlineSnapshot(`
    [
      "bringUp",
      "changeEnv",
      "cliOf",
      "diagnose",
      "didYouMean",
      "down",
      "endRuns",
      "examine",
      "execIn",
      "findGarbage",
      "findLeftovers",
      "findOldImages",
      "findProject",
      "findStaleImages",
      "inspectService",
      "listRuns",
      "loadTopology",
      "loadTrace",
      "openImage",
      "planUp",
      "projectRoot",
      "prune",
      "readLogs",
      "removeGarbage",
      "removeOldImages",
      "removeStaleImages",
      "serviceNow",
      "topologyOf",
      "type AnyTopology",
      "type BringUpOptions",
      "type BroughtUp",
      "type ChangeEnvOptions",
      "type ChangedEnv",
      "type CliDefinition",
      "type CliKind",
      "type Diagnosis",
      "type DownOptions",
      "type DownResult",
      "type EndRunsOptions",
      "type EndedRun",
      "type EnvPatch",
      "type ExecInOptions",
      "type ExecRequest",
      "type ExecResult",
      "type FindProjectOptions",
      "type Finding",
      "type Garbage",
      "type LaneView",
      "type Leftovers",
      "type LogLine",
      "type LogsOptions",
      "type OpenImage",
      "type PlannedUp",
      "type Project",
      "type RunEvent",
      "type RunFacts",
      "type RunStatus",
      "type RunView",
      "type ServiceSpec",
      "type ServiceView",
      "type StoredImage",
      "type TopologySpec",
      "type UpOptions",
      "type UpPlan",
      "type UpResult",
      "type WatchRunOptions",
      "up",
      "watchRun",
    ]
  `)
})

test('mesocosm/trace exports the recorded names', () => {
  expect(namesOf('mesocosm/trace')).toMatchInlineSnapshot(`
    [
      "isEventKind",
      "isSpanEnd",
      "isSpanStart",
      "mergeTrace",
      "readEvents",
      "renderTrace",
      "traceVersion",
      "type BlobRef",
      "type EventKind",
      "type EventPayload",
      "type EventsRead",
      "type Moments",
      "type Origin",
      "type Outcome",
      "type PlannedStep",
      "type SkippedLine",
      "type SpanEnd",
      "type SpanId",
      "type SpanName",
      "type SpanStart",
      "type Spans",
      "type Trace",
      "type TraceError",
      "type TraceEvent",
      "type TraceFile",
      "type TraceNode",
      "type TraceNodeKind",
      "type TraceRun",
      "type TraceStatus",
    ]
  `)
})

test('mesocosm/plugin exports the recorded names', () => {
  expect(namesOf('mesocosm/plugin')).toMatchInlineSnapshot(`
    [
      "createArrivals",
      "keepConnection",
      "matcherOf",
      "pollArrivals",
      "scoped",
      "sendRequest",
      "textMatcher",
      "type ArrivalWords",
      "type Arrivals",
      "type ArrivalsOptions",
      "type ConnectionSource",
      "type Evidence",
      "type EvidenceSource",
      "type KeepOptions",
      "type KeptConnection",
      "type Match",
      "type Matcher",
      "type PollOptions",
      "type RequestWords",
      "type ScopedMethod",
      "type WaitLimits",
      "unreachable",
      "withTimeout",
      "withoutPosition",
    ]
  `)
})

test('mesocosm/testing exports the recorded names', () => {
  expect(namesOf('mesocosm/testing')).toMatchInlineSnapshot(`
    [
      "createMemoryRuntime",
      "pluginContract",
      "runnerContract",
      "runtimeContract",
      "type CommandContext",
      "type CommitRequest",
      "type ContainerSignal",
      "type ContainerSpec",
      "type ContainerState",
      "type ContractClause",
      "type ContractData",
      "type ContractHarness",
      "type ContractPrograms",
      "type ContractRun",
      "type ContractSeed",
      "type ContractSkip",
      "type ContractTest",
      "type ContractTestFile",
      "type Diagnosis",
      "type EngineInfo",
      "type ImageInfo",
      "type ImageOptions",
      "type ImageRequest",
      "type Inventory",
      "type LinkChange",
      "type MemoryCommand",
      "type MemoryFiles",
      "type MemoryImage",
      "type MemoryProgram",
      "type MemoryPrograms",
      "type MemoryRuntime",
      "type MemoryRuntimeOptions",
      "type ModuleService",
      "type NetworkAttachment",
      "type NetworkSpec",
      "type OutputChunk",
      "type PluginContract",
      "type ProgramContext",
      "type RunnerClause",
      "type RunnerContract",
      "type Runtime",
      "type RuntimeAbilities",
      "type RuntimeCall",
      "type RuntimeEvent",
      "type SandboxSpec",
      "type ServiceOf",
      "type StartedProgram",
    ]
  `)
})

test('the packages export the recorded names', () => {
  const packages = readdirSync(join(root, 'packages')).map((name) => `@mesocosm/${name}`)
  expect(Object.fromEntries(packages.map((name) => [name, namesOf(name)]))).toMatchInlineSnapshot(`
    {
      "@mesocosm/cli": [
        "openScreen",
        "openTree",
        "renderTree",
        "treeOf",
        "type Screen",
        "type Terminal",
        "type Tree",
        "type TreeLook",
        "type TreeRow",
        "withEvent",
        "withLane",
        "withRun",
      ],
      "@mesocosm/codegen": [
        "assertUniqueNames",
        "generate",
        "refuseSameNames",
        "regenerate",
        "type Argument",
        "type Command",
        "type CommandArgument",
        "type CommandOption",
        "type CommandProbe",
        "type CommandProvider",
        "type CommandTool",
        "type GenerateOptions",
        "type GenerateResult",
        "type GenerateWarning",
        "type Generated",
        "type Json",
        "type JsonValue",
        "type Option",
        "type RegenerateOptions",
        "type RunTool",
        "type ServiceCommand",
        "type Tool",
        "type ToolFiles",
        "type ValueType",
        "type Warning",
        "type WatchOptions",
        "watchTopology",
      ],
      "@mesocosm/hello": [
        "hello",
        "type HelloClient",
        "type HelloOptions",
      ],
      "@mesocosm/mailhog": [
        "mailhog",
        "type Chaos",
        "type MailAddress",
        "type MailAttachment",
        "type MailClient",
        "type MailMatch",
        "type MailMessage",
        "type MailPredicate",
        "type MailhogOptions",
        "type Refusal",
        "type ServerName",
      ],
      "@mesocosm/postgres": [
        "postgres",
        "type PostgresClient",
        "type PostgresOptions",
        "type Row",
      ],
      "@mesocosm/rabbitmq": [
        "rabbitmq",
        "type Arguments",
        "type Binding",
        "type ConsumeOptions",
        "type Definitions",
        "type Exchange",
        "type MessageBody",
        "type MessageMatch",
        "type Policy",
        "type PublishOptions",
        "type Queue",
        "type QueueState",
        "type RabbitClient",
        "type RabbitMessage",
        "type RabbitmqOptions",
        "type Setting",
        "type Source",
        "type Subscription",
        "type Target",
      ],
      "@mesocosm/redis": [
        "redis",
        "type MessageMatch",
        "type RedisArgument",
        "type RedisClient",
        "type RedisOptions",
        "type RedisReply",
        "type SetOptions",
        "type Setting",
        "type Subscription",
      ],
      "@mesocosm/s3-mock": [
        "s3Mock",
        "type GetOptions",
        "type OtherServer",
        "type PresignOptions",
        "type PutOptions",
        "type S3Body",
        "type S3Client",
        "type S3Content",
        "type S3Event",
        "type S3Match",
        "type S3MockOptions",
        "type S3ObjectInfo",
        "type S3Predicate",
        "type Server",
      ],
      "@mesocosm/vitest": [
        "createTest",
        "type CreateTestOptions",
        "type Fixtures",
        "type TopologyTest",
      ],
    }
  `)
})

test('every value in the declarations of a door exists at run time', async () => {
  for (const door of [
    'mesocosm',
    'mesocosm/runner',
    'mesocosm/operate',
    'mesocosm/plugin',
    'mesocosm/testing',
    'mesocosm/trace',
  ])
    expect(Object.keys(await import(door)).sort()).toEqual(
      namesOf(door).filter((name) => !name.startsWith('type ')),
    )
})
