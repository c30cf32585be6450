/*
 * The door of `mesocosm`: what people write topologies and tests with.
 * Engine, planner and runtimes stay inside; runners, the command line and tests of plugins have doors of their own.
 */

// Declare
export { defineCommand } from './define/command.ts'
export { all, exec, healthcheck, http, log, tcp } from './define/probes.ts'
export { ref } from './define/ref.ts'
export { secret } from './define/secret.ts'
export { testcontainer } from './define/testcontainer.ts'
export { defineTopology } from './define/topology.ts'
export { definePlugin } from './plugin/define-plugin.ts'
export { self } from './plugin/self.ts'

// Use
export { lease } from './client/open-lane.ts'

// Fail
export { ExecError } from './errors/exec-error.ts'
export { isMesocosmError, MesocosmError } from './errors/mesocosm-error.ts'
