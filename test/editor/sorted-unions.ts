/**
 * Sorts the members of unions of strings: TypeScript 7 prints them sorted, TypeScript 6 in an order that depends on
 * the files that it checked before.
 */
export const sortedUnions = (text: string): string =>
  text.replaceAll(/"[^"]*"(?: \| "[^"]*")+/g, (union) => union.split(' | ').toSorted().join(' | '))
