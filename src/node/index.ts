export { writeFileAtomic } from './atomic.ts';
export { type CheckpointOptions, loadCheckpoint, resume, saveCheckpoint } from './checkpoint.ts';
export { makeFolder } from './folder.ts';
export { loadModel, saveModel } from './model.ts';
export { type LoadOptions, loadAnnotations, loadRecord, loadRecords, saveRecord } from './record.ts';
