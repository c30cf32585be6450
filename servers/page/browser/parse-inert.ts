/** The part of the Trusted Types API that is needed here; not all browsers have it. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createHTML(html: string): string },
  ): { createHTML(html: string): string }
}

const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes }
const policy = trustedTypes?.createPolicy('inert', { createHTML: (html) => html })

/** Parses HTML into a document that runs nothing and loads nothing, to be read only. It has no styles. */
export const parseInert = (html: string): Document => {
  // The policy of the page would report each style to the console.
  const plain = html
    .replace(/(<\/?)style(?=[\s/>])/gi, '$1xmp')
    .replace(/([\s"'/])style(?=\s*=)/gi, '$1data-style')
  return new DOMParser().parseFromString(policy?.createHTML(plain) ?? plain, 'text/html')
}

/** Parses XML. */
export const parseXml = (xml: string): Document =>
  new DOMParser().parseFromString(policy?.createHTML(xml) ?? xml, 'application/xml')
