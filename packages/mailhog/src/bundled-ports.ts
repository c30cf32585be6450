/** Where the bundled server listens in its container: as Mailpit and MailHog do. */
export const bundledPorts = { smtp: 1025, http: 8025 } as const
