import { MesocosmError } from './mesocosm-error.ts'
import { isRecentNode, oldestNode } from './node-version.ts'

/*
 * The first import of every door: an old Node gets one sentence instead of an error about a missing API. For that, no
 * module of a door may import a name that old versions of a module of Node do not export.
 */
const { node } = process.versions
if (!isRecentNode(node))
  throw new MesocosmError({
    code: 'NODE_UNSUPPORTED',
    message: `mesocosm needs Node ${oldestNode.join('.')} or later; this is Node ${node}`,
    remedy: `install Node ${oldestNode.join('.')} or later`,
    facts: { node },
  })
