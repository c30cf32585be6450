/** Port names that are the scheme of their URL too. */
const schemes = new Set(
  (
    'http https ws wss grpc grpcs redis rediss amqp amqps smtp smtps imap imaps pop3 pop3s ' +
    'postgres postgresql mysql mariadb mongodb mssql oracle clickhouse cassandra ' +
    'mqtt mqtts nats kafka stomp ldap ldaps ftp sftp ssh s3 memcached bolt neo4j etcd consul tcp udp'
  ).split(' '),
)

/** Scheme of a port's `url` where none was declared: its name when that is one, else `http`. */
export const defaultScheme = (portName: string): string =>
  schemes.has(portName) ? portName : 'http'
