import { JumpringError } from '@jumpring/contracts'
import { Prisma } from '../generated/client.ts'

/** Runs `work`; what the database refuses as a double becomes the expected failure `conflict` with this sentence. */
export async function conflictAs<T>(sentence: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // Prisma docs: P2002 is a unique constraint that does not hold.
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002')
      throw new JumpringError('conflict', sentence)
    throw error
  }
}
