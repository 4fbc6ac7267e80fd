import type { FastifyInstance } from 'fastify'
import { registerCommands } from './commands.ts'
import { registerEnroll } from './enroll.ts'
import { registerHello } from './hello.ts'
import { registerLicense } from './license.ts'
import type { AgentServices } from './services.ts'
import { registerUplink } from './uplink.ts'

/** The agents' side of the api, as packages/contracts has it. */
export function registerAgent(app: FastifyInstance, services: AgentServices): void {
  registerEnroll(app, services)
  registerHello(app, services)
  registerUplink(app, services)
  registerCommands(app, services)
  registerLicense(app, services)
}
