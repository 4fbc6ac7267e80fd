import { mainOf, type Program } from './build.ts'

/** What the processes of one system are told about one another. */
export interface System {
  /** As role jumpring_app. */
  databaseUrl: string
  temporal: { address: string; namespace: string }
  keyFile: string
  /** What licenses are signed with. */
  licenseKeyFile: string
  /** Where mail is put, for the sandbox to show. */
  mailDir: string
  ports: { api: number; sandbox: number; worker: number }
  sandboxDir: string
  /** Whether the sandbox's store begins with items, sales, jobs and appointments too. */
  storeHistory?: boolean
  /** How long a platform may take to answer one call, in seconds; as the worker has it if left out. */
  platformPatience?: number
  /** The first operator: made by the api when it finds none. */
  operator: { email: string; password: string }
  logLevel: string
}

/** One process: how it is started and how one sees that it is ready. */
export interface App {
  name: string
  /** For Node: the program's file first. */
  args: string[]
  /** On top of PATH and HOME: an app sees of our environment what it is told, nothing else. */
  env: Record<string, string>
  ready(): Promise<boolean>
}

export type CloudApp = Exclude<Program, 'agent'>

/** The processes of a system beside its agents. */
export function cloudApps(system: System): Record<CloudApp, App> {
  const { ports, temporal } = system
  const cloud = {
    DATABASE_URL: system.databaseUrl,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    KEY_FILE: system.keyFile,
    PUBLIC_URL: local(ports.api),
    LOG_LEVEL: system.logLevel,
  }
  return {
    sandbox: app(
      'sandbox',
      {
        PORT: String(ports.sandbox),
        SANDBOX_DIR: system.sandboxDir,
        MAIL_DIR: system.mailDir,
        SANDBOX_HISTORY: system.storeHistory ? 'yes' : 'no',
      },
      ports.sandbox,
    ),
    api: app(
      'api',
      {
        ...cloud,
        PORT: String(ports.api),
        OPERATOR_EMAIL: system.operator.email,
        OPERATOR_PASSWORD: system.operator.password,
      },
      ports.api,
    ),
    worker: app(
      'worker',
      {
        ...cloud,
        HEALTH_PORT: String(ports.worker),
        LICENSE_KEY_FILE: system.licenseKeyFile,
        MAIL_DIR: system.mailDir,
        ...(system.platformPatience !== undefined && { PLATFORM_PATIENCE: String(system.platformPatience) }),
        MAIL_FROM: 'Jumpring <licenses@jumpring.example>',
        OPERATOR_EMAIL: system.operator.email,
      },
      ports.worker,
    ),
  }
}

function app(name: CloudApp, env: Record<string, string>, port: number): App {
  return { name, args: [mainOf(name)], env, ready: () => isHealthy(port) }
}

export function local(port: number): string {
  return `http://127.0.0.1:${port}`
}

async function isHealthy(port: number): Promise<boolean> {
  const answer = await fetch(`${local(port)}/health`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined)
  await answer?.body?.cancel()
  return answer?.ok ?? false
}
