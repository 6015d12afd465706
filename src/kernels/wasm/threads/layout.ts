/**
 * Where threads find what they are to do: in the lowest bytes of the shared memory, which hold no arrays. A ticket is the
 * number of a job and of the next of its pieces: whoever raises it by one, by compare-and-exchange, has that piece and has read
 * the job as it is. As none reads a job that is closed, the next may be written as soon as all pieces are done.
 */
export const LAYOUT = {
  // indices of int32 words; those that several threads write have a cache line each
  /** the job's number above PIECE_BITS bits for the next piece, CLOSED if there is none */
  ticket: 16,
  /** pieces done */
  done: 32,
  /** threads that sleep until there is another ticket */
  sleeping: 48,
  /** whether the thread that forked sleeps until pieces are done */
  joining: 49,
  /** 1 if a piece has failed; its message is then in `message` */
  failed: 50,
  messageLength: 51,
  /** pieces of the job */
  pieces: 64,
  /** units of the job: rows, samples, channels */
  units: 65,
  /** units of a piece */
  size: 66,
  /** index of the export among all */
  kernel: 67,
  /** number of arguments */
  arguments: 68,
  /** index of the argument that is the number of units, -1 if there is none */
  counted: 69,
  // indices of float64 numbers
  /** the arguments of the first piece */
  values: 40,
  /** what each argument grows by from one unit to the next */
  steps: 72,
  // indices of bytes
  message: 832,
  messageEnd: 1024,
} as const;

/** Arguments of a kernel at most. */
export const MOST_ARGUMENTS = 32;
/** Bits of a ticket that count pieces. */
export const PIECE_BITS = 10;
/** The piece of a ticket that nobody may take. */
export const CLOSED = 2 ** PIECE_BITS - 1;
