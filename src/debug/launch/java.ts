import { type DebugLaunch, envOf, type LaunchFacts, withEnv, withWords } from './program.ts'

/** Starts the JDWP agent, which every virtual machine reads from `JAVA_TOOL_OPTIONS`. */
export const launchJava = (facts: LaunchFacts): DebugLaunch => {
  const agent = [
    'transport=dt_socket',
    'server=y',
    `suspend=${facts.break === true ? 'y' : 'n'}`,
    `address=127.0.0.1:${facts.port}`,
  ].join(',')
  const options = withWords(envOf(facts, 'JAVA_TOOL_OPTIONS'), `-agentlib:jdwp=${agent}`)
  return withEnv(facts, { JAVA_TOOL_OPTIONS: options })
}
