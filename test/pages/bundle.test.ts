import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

test('the bundle of the S3 server has its page in it', async () => {
  const data = mkdtempSync(join(tmpdir(), 's3-bundle-'))
  const server = spawn(process.execPath, [join(root, 'packages/s3-mock/dist/s3-server.cjs')], {
    env: { S3_PORT: '0', S3_DATA: data, S3_ACCESS_KEY_ID: 'key', S3_BUCKETS: 'files' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [line] = await once(createInterface(server.stdout), 'line')
    const url = `http://127.0.0.1:${String(line).replace('listening on ', '')}`
    const page = await fetch(url, { headers: { accept: 'text/html' } })
    expect(page.url).toBe(`${url}/_mesocosm/`)
    expect(await page.text()).toContain('<title>S3</title>')
    for (const name of ['app.js', 'style.css', 'icon.svg'])
      expect((await fetch(`${url}/_mesocosm/page/${name}`)).status).toBe(200)
  } finally {
    const ended = once(server, 'exit')
    server.kill()
    await ended
    rmSync(data, { recursive: true, force: true })
  }
})

test('no bundle asks for its page at run time', () => {
  for (const path of ['s3-mock/dist/s3-server.cjs', 'mailhog/dist/mail-server.cjs'])
    expect(readFileSync(join(root, 'packages', path), 'utf8')).not.toContain('PAGE_FILES')
})
