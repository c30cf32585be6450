#!/usr/bin/env node
// Words that an old Node understands, so that it can say what is wrong with it.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major > 22 || (major === 22 && minor >= 22)) import('../dist/main.js')
else {
  console.error(`mesocosm needs Node 22.22 or later; this is ${process.versions.node}`)
  process.exitCode = 1
}
