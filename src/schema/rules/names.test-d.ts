import type { ReservedName } from '../../define/faults.ts'
import type { handleNames } from './names.ts'

type HandleName = (typeof handleNames)[number]
type NameOfHandle = Exclude<ReservedName, symbol>

// Run time and types reserve the same names.
'name' as NameOfHandle satisfies HandleName
'name' as HandleName satisfies NameOfHandle
