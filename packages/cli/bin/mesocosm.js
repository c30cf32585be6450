#!/usr/bin/env node
// Plain syntax, so that an old Node can parse this file and print why it does not work.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major > 22 || (major === 22 && minor >= 22)) import('../dist/main.js')
else {
  console.error(`mesocosm needs Node 22.22 or later; this is Node ${process.versions.node}`)
  process.exitCode = 1
}
