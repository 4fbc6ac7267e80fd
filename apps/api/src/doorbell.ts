import { type ConnectionInput, type LicenseInput, ringDoorbell, ringLicense } from '@jumpring/workflows'
import { Client, Connection } from '@temporalio/client'
import type { FastifyBaseLogger } from 'fastify'

/** Wakes workflows. */
export interface Doorbell {
  /** Does not reject: what Temporal does not hear now, the sweep rings again. */
  ring(connection: ConnectionInput, bell?: 'ring' | 'runNow'): Promise<void>
  /** Rings at once, but for each connection only so often: a bulk's own echoes come by the hundred a second. */
  ringSparingly(connection: ConnectionInput): void
  /** Wakes a license's workflow, or starts it. Does not reject either. */
  ringLicense(license: LicenseInput): Promise<void>
  close(): Promise<void>
}

const patienceMs = 5000
/** Between two sparing rings of a connection. */
const sparingMs = 200

/** Connects when it is first rung, so that the api starts without Temporal. */
export function createDoorbell(temporal: { address: string; namespace: string }, log: FastifyBaseLogger): Doorbell {
  const connection = Connection.lazy({
    address: temporal.address,
    // One try a ring; the client's own retries would outlive `close`.
    interceptors: [],
    // After an outage the next ring is heard within seconds, not minutes.
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 2000 },
  })
  const { workflow } = new Client({ connection, namespace: temporal.namespace })
  const ringing = new Set<string>()
  const again = new Set<string>()

  const signal = async (to: ConnectionInput, bell: 'ring' | 'runNow'): Promise<void> => {
    try {
      await connection.withDeadline(Date.now() + patienceMs, () => ringDoorbell(workflow, to, bell))
    } catch (error) {
      log.warn({ connectionId: to.connectionId, err: error }, 'doorbell not heard')
    }
  }
  const ring = async (to: ConnectionInput, bell: 'ring' | 'runNow' = 'ring'): Promise<void> => {
    if (bell === 'runNow') return signal(to, bell)
    // Of the rings that come while one is on its way, one more is enough.
    again.add(to.connectionId)
    if (ringing.has(to.connectionId)) return
    ringing.add(to.connectionId)
    while (again.delete(to.connectionId)) await signal(to, bell)
    ringing.delete(to.connectionId)
  }
  /** Connections that were rung sparingly just now, with whether somebody has asked for more meanwhile. */
  const resting = new Map<string, { timer: NodeJS.Timeout; isAsked: boolean }>()
  const ringSparingly = (to: ConnectionInput): void => {
    const rest = resting.get(to.connectionId)
    if (rest) {
      rest.isAsked = true
      return
    }
    void ring(to)
    const timer = setTimeout(() => {
      const isAsked = resting.get(to.connectionId)?.isAsked
      resting.delete(to.connectionId)
      if (isAsked) ringSparingly(to)
    }, sparingMs)
    resting.set(to.connectionId, { timer, isAsked: false })
  }
  return {
    ring,
    ringSparingly,
    ringLicense: async (license) => {
      try {
        await connection.withDeadline(Date.now() + patienceMs, () => ringLicense(workflow, license))
      } catch (error) {
        log.warn({ licenseId: license.licenseId, err: error }, 'doorbell not heard')
      }
    },
    close: () => {
      // What was still to be rung the sweep rings.
      for (const { timer } of resting.values()) clearTimeout(timer)
      return connection.close()
    },
  }
}
