/** What the till does not do, with the status that a route answers. */
export class Refusal extends Error {
  readonly statusCode: number

  constructor(message: string, statusCode = 409) {
    super(message)
    this.statusCode = statusCode
  }
}

/** The record, or a refusal that says what there is not. */
export function found<T>(record: T | undefined, what: string): T {
  if (record === undefined) throw new Refusal(`There is no ${what}.`, 404)
  return record
}
