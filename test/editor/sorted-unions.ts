/**
 * A text with the members of unions of strings sorted: TypeScript 7 prints them so, TypeScript 6 in the
 * order in which it met them, which depends on the files it checked before.
 */
export const sortedUnions = (text: string): string =>
  text.replaceAll(/"[^"]*"(?: \| "[^"]*")+/g, (union) => union.split(' | ').toSorted().join(' | '))
