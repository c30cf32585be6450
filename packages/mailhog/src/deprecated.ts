/* Former names of exported types. */
import type { MailChaos, MailRefusal } from './adapter/adapter.ts'
import type { MailServerName } from './servers.ts'

/** @deprecated Use {@link MailChaos}. */
export type Chaos = MailChaos
/** @deprecated Use {@link MailRefusal}. */
export type Refusal = MailRefusal
/** @deprecated Use {@link MailServerName}. */
export type ServerName = MailServerName
