import { randomUUID, verify } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { zstdDecompressSync } from 'node:zlib'
import {
  type Command,
  type CustomerLine,
  enrollBodySchema,
  type Licensing,
  type RecordKind,
  type RejectLine,
  type Report,
  reportsBodySchema,
  tokenBodySchema,
  type UpsertLine,
  uplinkLineSchema,
} from '@jumpring/contracts'
import { z } from 'zod'

const claimsSchema = z.object({ iat: z.int() })

/** What the agent's contract asks of a cloud, and nothing more: strict in what it takes, and it can be told to fail. */
export class HarnessCloud {
  generation = randomUUID()
  epoch: string | null = null
  acked = 0
  records = new Map<string, CustomerLine>()
  /** Every upsert in the order it was taken, repetitions left out. */
  journal: CustomerLine[] = []
  /** The same of the other kinds. */
  others: UpsertLine[] = []
  rejects: RejectLine[] = []
  completes = 0
  commands: (Command | { id: string; wish: unknown })[] = []
  /** How far its clock is ahead of this machine's. */
  clockAheadMs = 0
  /** Ids of the commands that the agent was given, each time. */
  given: string[] = []
  reports: Report[] = []
  arrivals: { at: number; lines: number }[] = []
  refusing = false
  licensing: Licensing = { tenantId: randomUUID(), platforms: ['podium'], keys: [] }
  /** Answers to uploads that are cut after the work was done. */
  cutAnswers = 0
  /** Uploads that are answered well and not taken. */
  forgetful = 0
  /** The most lines an upload may have. */
  mostLines = Number.POSITIVE_INFINITY
  agentId = randomUUID()
  private publicKey = ''
  private reported = new Set<string>()
  private readonly server = createServer((request, response) => void this.answer(request, response))
  private port = 0

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve))
    const address = this.server.address()
    if (address !== null && typeof address === 'object') this.port = address.port
    return this
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve))
    this.server.closeAllConnections()
    await closed
  }

  /** Puts the cloud back to an earlier state, as a restore from a backup does. */
  restore(backup: { epoch: string | null; acked: number; records: Map<string, CustomerLine> }): void {
    this.generation = randomUUID()
    this.epoch = backup.epoch
    this.acked = backup.acked
    this.records = new Map(backup.records)
  }

  backup() {
    return { epoch: this.epoch, acked: this.acked, records: new Map(this.records) }
  }

  /** What came up of a kind that is not customers. */
  linesOf<Kind extends RecordKind>(kind: Kind): Extract<UpsertLine, { kind: Kind }>[] {
    return this.others.filter((line): line is Extract<UpsertLine, { kind: Kind }> => line.kind === kind)
  }

  /** The last report of a command. */
  reportOf(id: string): Report | undefined {
    return this.reports.findLast((report) => report.id === id)
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url)
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(Buffer.from(chunk))
    } catch {
      return
    }
    const body = Buffer.concat(chunks)
    const reply = (status: number, json: unknown) => {
      const date = new Date(Date.now() + this.clockAheadMs).toUTCString()
      response
        .writeHead(status, { 'content-type': 'application/json', date })
        .end(json === null ? '' : JSON.stringify(json))
    }
    if (this.refusing) return reply(401, { code: 'agent_unknown', message: 'no' })
    if (url.pathname === '/agent/enroll') {
      this.publicKey = enrollBodySchema.parse(JSON.parse(body.toString())).publicKey
      const { agentId, licensing } = this
      return reply(200, { agentId, tenant: 'Lindqvist Jewelers', source: 'Main store', licensing })
    }
    if (url.pathname === '/agent/token') return this.token(body, reply)
    if (request.headers.authorization !== 'Bearer token') return reply(401, { code: 'not_signed_in', message: 'no' })
    if (url.pathname === '/agent/hello') {
      const { generation, epoch, acked, licensing } = this
      return reply(200, { generation, epoch, acked, tenant: 'Lindqvist Jewelers', source: 'Main store', licensing })
    }
    if (url.pathname === '/agent/uplink') {
      const [status, json] = this.uplink(url, zstdDecompressSync(body))
      if (this.cutAnswers > 0) {
        this.cutAnswers -= 1
        response.destroy()
      } else reply(status, json)
      return
    }
    if (url.pathname === '/agent/reports') {
      const { reports } = reportsBodySchema.parse(JSON.parse(body.toString()))
      this.reports.push(...reports)
      for (const { id } of reports) this.reported.add(id)
      return reply(204, null)
    }
    return this.waitForCommands(response, reply)
  }

  private token(body: Buffer, reply: (status: number, json: unknown) => void): void {
    const [head = '', claims = '', signature = ''] = tokenBodySchema
      .parse(JSON.parse(body.toString()))
      .assertion.split('.')
    const genuine = verify(null, Buffer.from(`${head}.${claims}`), this.publicKey, Buffer.from(signature, 'base64url'))
    const { iat } = claimsSchema.parse(JSON.parse(Buffer.from(claims, 'base64url').toString()))
    const inTime = Math.abs(iat * 1000 - Date.now() - this.clockAheadMs) < 5 * 60_000
    if (genuine && inTime) reply(200, { token: 'token', expiresInSeconds: 600 })
    else reply(401, { code: 'agent_unknown', message: 'no' })
  }

  private uplink(url: URL, ndjson: Buffer): [number, unknown] {
    const epoch = url.searchParams.get('epoch')
    const lines = ndjson
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => uplinkLineSchema.parse(JSON.parse(line)))
    if (lines.length > this.mostLines) return [413, { code: 'too_large', message: 'no' }]
    this.arrivals.push({ at: performance.now(), lines: lines.length })
    const first = lines[0]?.n ?? 0
    const known = epoch === this.epoch
    const gap = first > (known ? this.acked : 0) + 1
    if (url.searchParams.get('generation') !== this.generation || gap) {
      return [
        409,
        { code: 'snapshot_needed', generation: this.generation, epoch: this.epoch ?? epoch, acked: this.acked },
      ]
    }
    if (this.forgetful > 0) {
      this.forgetful -= 1
      return [200, { generation: this.generation, epoch, acked: known ? this.acked : 0 }]
    }
    if (!known) this.acked = 0
    this.epoch = epoch
    for (const line of lines) {
      if (line.n <= this.acked) continue
      if (line.n !== this.acked + 1) throw new Error('The lines of an upload have a gap.')
      this.acked = line.n
      if (line.op === 'reject') this.rejects.push(line)
      else if (line.op === 'complete') this.completes += line.kind === 'customer' ? 1 : 0
      else if (line.kind === 'customer') {
        this.records.set(line.key, line)
        this.journal.push(line)
      } else this.others.push(line)
    }
    return [200, { generation: this.generation, epoch: this.epoch, acked: this.acked }]
  }

  /** A long request, 1 s at most. */
  private waitForCommands(response: ServerResponse, reply: (status: number, json: unknown) => void): void {
    const open = () => this.commands.filter(({ id }) => !this.reported.has(id))
    const until = Date.now() + 1000
    const look = setInterval(() => {
      if (open().length === 0 && Date.now() < until) return
      clearInterval(look)
      this.given.push(...open().map(({ id }) => id))
      reply(200, { commands: open() })
    }, 10)
    response.on('close', () => clearInterval(look))
  }
}
