// One benchmark in a process of its own: `npm run bench` starts it with the module's path and takes the figures as a message.
import { z } from 'zod'

const moduleSchema = z.object({
  bench: z.custom<() => Promise<Record<string, unknown>>>((value) => typeof value === 'function'),
})

const { bench } = moduleSchema.parse(await import(z.string().parse(process.argv[2])))
const figures = await bench()
process.send?.(figures, () => process.exit())
