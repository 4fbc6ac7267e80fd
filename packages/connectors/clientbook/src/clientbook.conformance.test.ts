import { registerConformance } from '@jumpring/connector-kit/conformance'
import { clientbook } from './index.ts'
import { startClientbook } from './testing/sandbox.ts'
import { pageSize } from './wire.ts'

registerConformance('Clientbook', {
  connector: clientbook,
  pageSize,
  objects: { kinds: ['purchase', 'serviceJob', 'product'], needContact: true },
  texts: 'partner',
  startSandbox: startClientbook,
})
