import { config } from './config.ts'

const { GREETING = 'hello', HOSTNAME: host } = process.env

export const banner = `${GREETING} from ${host}:${config.PORT}, ${process.env.PUBLIC_URL}`
export const named = (name: string): string | undefined => process.env[name]
