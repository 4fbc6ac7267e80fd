// Every workflow there is: what the bundler starts from.
export { connection } from './connection/workflow.ts'
export { initialUpload } from './initial-upload/workflow.ts'
export { license } from './license/workflow.ts'
