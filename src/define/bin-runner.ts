/**
 * Returns the command that runs a program of the service's own package by its name in `bin`. The package is searched
 * from the working folder upwards. `npm exec` finds only installed packages, and the service may lack npm.
 */
export const binRunner = (name: string): readonly string[] => ['node', '-e', script, '--', name]

// ---

/** Runs inside the service, so it must work in any version of Node. */
const script = `
const fs = require('fs'), path = require('path')
const [name, ...args] = process.argv.slice(1)
const fail = (text) => { console.error(text); process.exit(127) }
let folder = process.cwd()
while (!fs.existsSync(path.join(folder, 'package.json'))) {
  if (path.dirname(folder) === folder) fail('no package.json in ' + process.cwd() + ' or above it')
  folder = path.dirname(folder)
}
const own = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'))
const single = typeof own.bin === 'string' ? { [String(own.name).replace(/^@[^/]*\\//, '')]: own.bin } : own.bin
const bin = single && Object.prototype.hasOwnProperty.call(single, name) ? single[name] : undefined
if (bin === undefined) fail('no bin ' + name + ' in ' + path.join(folder, 'package.json'))
const file = path.join(folder, bin)
const first = fs.readFileSync(file, 'utf8').split('\\n', 1)[0]
const isOther = first.startsWith('#!') && !/\\bnode\\b/.test(first)
const done = isOther
  ? require('child_process').spawnSync(file, args, { stdio: 'inherit' })
  : require('child_process').spawnSync(process.execPath, [file, ...args], { stdio: 'inherit' })
if (done.error) fail(String(done.error.message))
process.exit(done.status === null ? 1 : done.status)
`.trim()
