/**
 * Recordings, datasets, models and checkpoints from files.
 *
 * @module dynaecg/node
 */
import '../backend/wasm.ts'; // which Node has

export { writeFileAtomic } from './atomic.ts';
export { beatTransform } from './beatTransform.ts';
export { type CheckpointOptions, loadCheckpoint, resume, saveCheckpoint } from './checkpoint.ts';
export { makeFolder } from './folder.ts';
export { loadModel, saveModel } from './model.ts';
export { type DatasetFile, openDataset } from './openDataset.ts';
export { openRecording } from './openRecording.ts';
export {
  type LoadAnnotationsOptions,
  type LoadedRecords,
  type LoadOptions,
  loadAnnotations,
  loadRecord,
  loadRecords,
  recordPath,
  saveRecord,
} from './record.ts';
export { recordNames } from './recordFiles.ts';
export { saveDataset } from './saveDataset.ts';
export { type ThreadOptions, useThreads } from './threads.ts';
