/** Name of a port by its number, and the scheme of its URL if it differs from the name. */
const known: Readonly<Record<number, readonly [name: string, scheme?: string]>> = {
  21: ['ftp'],
  22: ['ssh'],
  25: ['smtp'],
  53: ['dns', 'tcp'],
  110: ['pop3'],
  143: ['imap'],
  389: ['ldap'],
  443: ['https'],
  465: ['smtps'],
  587: ['smtp'],
  636: ['ldaps'],
  993: ['imaps'],
  1025: ['smtp'],
  1433: ['mssql'],
  1521: ['oracle'],
  1883: ['mqtt'],
  2181: ['zookeeper', 'tcp'],
  2379: ['etcd'],
  3306: ['mysql'],
  4222: ['nats'],
  5432: ['postgres'],
  5671: ['amqps'],
  5672: ['amqp'],
  6379: ['redis'],
  7687: ['bolt'],
  8443: ['https'],
  8883: ['mqtts'],
  9042: ['cassandra'],
  9092: ['kafka'],
  33060: ['mysqlx', 'tcp'],
  9229: ['inspector', 'tcp'],
  9300: ['transport', 'tcp'],
  11211: ['memcached'],
  26379: ['sentinel', 'redis'],
  27017: ['mongodb'],
  29092: ['kafka'],
  50051: ['grpc'],
}

/** Default port of a server by the name of its image, because Compose does not require it to be declared. */
const ofImage: Readonly<Record<string, number>> = {
  postgres: 5432,
  postgis: 5432,
  timescaledb: 5432,
  mysql: 3306,
  'mysql-server': 3306,
  mariadb: 3306,
  percona: 3306,
  redis: 6379,
  valkey: 6379,
  mongo: 27017,
  mongodb: 27017,
  rabbitmq: 5672,
  memcached: 11211,
  elasticsearch: 9200,
  opensearch: 9200,
  nats: 4222,
  minio: 9000,
  mailhog: 1025,
  mailpit: 1025,
  maildev: 1025,
}

/** Returns name and scheme of a well-known port. */
export const knownPort = (port: number): { name: string; scheme: string } | undefined => {
  const [name, scheme] = known[port] ?? []
  return name === undefined ? undefined : { name, scheme: scheme ?? name }
}

/** Returns the default port of a well-known image. */
export const portOfImage = (image: string): number | undefined => {
  const name = imageName(image)
  return Object.hasOwn(ofImage, name) ? ofImage[name] : undefined
}

/** Returns the last part of an image's name: `ghcr.io/acme/api:1.2@sha256:…` → `api`. */
export const imageName = (image: string): string =>
  (image.split('@')[0] ?? '').split('/').at(-1)?.split(':')[0] ?? ''

/** Returns the default port of a URL's scheme. */
export const defaultPort = (scheme: string): number | undefined => {
  if (scheme === 'http' || scheme === 'ws') return 80
  if (scheme === 'https' || scheme === 'wss') return 443
  const base = scheme.replace(/\+.*$/, '').replace(/^postgresql$/, 'postgres')
  const found = Object.entries(known).find(([, [name]]) => name === base)
  return found === undefined ? undefined : Number(found[0])
}
