/**
 * Returns an `AUTH OAUTHBEARER` command (RFC 7628) as the `AUTH XOAUTH2` command with the same user and token; other
 * commands unchanged.
 */
export const asXoauth2 = (line: Buffer): Buffer => {
  const [, token] = /^auth\s+oauthbearer\s+(\S+)\s*$/i.exec(line.toString('latin1')) ?? []
  if (token === undefined) return line
  const said = Buffer.from(token, 'base64').toString('utf8')
  const [head = '', ...pairs] = said.split('\x01')
  const [, user = ''] = /(?:^|,)a=([^,]*)/.exec(head) ?? []
  const login = pairs.find((pair) => pair.startsWith('auth='))?.slice(5) ?? ''
  // The name has its commas and equals signs escaped.
  const name = user.replace(/=2c/gi, ',').replace(/=3d/gi, '=')
  const asked = `user=${name}\x01auth=${login}\x01\x01`
  return Buffer.from(`AUTH XOAUTH2 ${Buffer.from(asked).toString('base64')}`)
}
