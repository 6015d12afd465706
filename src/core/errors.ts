import { escapeText } from './escapeText.ts';

/**
 * Base class of every error that the library throws on purpose; `instanceof DynaecgError` distinguishes them from bugs.
 * Messages quote what files contain, so control characters in them are escaped, and very long ones are shortened.
 */
export class DynaecgError extends Error {
  override name = 'DynaecgError';

  constructor(message = '', options?: { cause?: unknown }) {
    super(escapeText(message));
    // as the second argument of Error does from ES2022 on
    if (options) Object.defineProperty(this, 'cause', { value: options.cause, writable: true, configurable: true });
  }
}

/** Sizes, ranks, axes, dtypes or numbers of labels that do not fit the operation. */
export class ShapeError extends DynaecgError {
  override name = 'ShapeError';
}

/** An option or argument outside its range (a negative margin, a fraction above 1, a name that does not exist). */
export class ArgumentError extends DynaecgError {
  override name = 'ArgumentError';
}

/** Unusable data: truncated or missing files, unknown formats, a training set with NaN samples or too few labels. */
export class DataError extends DynaecgError {
  override name = 'DataError';
}

/** A model file or state dictionary that does not fit: missing, extra or misshapen entries, a broken header. */
export class CheckpointError extends DynaecgError {
  override name = 'CheckpointError';
}

/** Training that cannot continue: gradients that are not finite. */
export class TrainingError extends DynaecgError {
  override name = 'TrainingError';
}

/** Misuse of kernels or memory: a tensor used after its scope has closed, a backward pass run twice. */
export class BackendError extends DynaecgError {
  override name = 'BackendError';
}
