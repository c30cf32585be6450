import { createTransport } from 'nodemailer'

const transport = createTransport({
  url: process.env.SMTP_URL,
  connectionTimeout: 3_000,
})

/** Sends a customer the code that verifies the address, and a link that contains it. */
export const sendVerification = async (email, code) => {
  const link = new URL('/verify', process.env.PUBLIC_URL)
  link.search = new URLSearchParams({ email, code })
  await transport.sendMail({
    from: 'The shop <shop@example.test>',
    to: email,
    subject: 'Welcome to the shop',
    text: `Your code is ${code}.\n\nOr follow this link: ${link}\n`,
  })
}
