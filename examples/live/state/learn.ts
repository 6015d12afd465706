import type { LearnReport, LearnSettings, Picture } from '../protocol.ts';

/** What *learn* shows. */
export interface LearnState {
  phase: 'preparing' | 'paused' | 'running' | 'finished';
  settings: LearnSettings;
  begun: Omit<Extract<LearnReport, { kind: 'begun' }>, 'kind' | 'picture'> | null;
  picture: Picture | null;
  /** one entry a step, columns as a chart takes them */
  course: Course;
  /** of the last step */
  now: Extract<LearnReport, { kind: 'moved' }> | null;
  judged: Extract<LearnReport, { kind: 'judged' }> | null;
  best: { iteration: number; f1: number } | null;
  exporting: boolean;
}

export interface Course {
  step: number[];
  loss: number[];
  margin: number[];
  /** percent of the possible triplets of a batch */
  mined: number[];
  violating: number[];
}

export const DEFAULT_SETTINGS: LearnSettings = { miner: 'violating', margin: null, pace: 10 };

export function freshLearning(settings: LearnSettings): LearnState {
  return {
    phase: 'preparing',
    settings,
    begun: null,
    picture: null,
    course: { step: [], loss: [], margin: [], mined: [], violating: [] },
    now: null,
    judged: null,
    best: null,
    exporting: false,
  };
}

/** The state after a report of the worker; a report that came too late changes nothing. */
export function learnAfter(state: LearnState, report: LearnReport): LearnState {
  switch (report.kind) {
    case 'begun': {
      const { kind: _, picture, ...begun } = report;
      return { ...freshLearning(state.settings), phase: 'paused', begun, picture };
    }
    case 'moved':
      return {
        ...state,
        now: report,
        picture: report.picture ?? state.picture,
        course: extended(state.course, report),
      };
    case 'judged': {
      const best = report.best ? { iteration: report.iteration, f1: report.f1 } : state.best;
      return { ...state, judged: report, best };
    }
    case 'paused':
      return state.phase === 'running' ? { ...state, phase: 'paused' } : state;
    case 'finished':
      return { ...state, phase: 'finished', picture: report.picture };
    case 'exported':
      return { ...state, exporting: false };
    case 'failed': {
      const phase = state.phase === 'preparing' && state.begun ? 'paused' : state.phase; // what runs goes on
      return { ...state, exporting: false, phase };
    }
    default:
      return state;
  }
}

/** In place: a copy of all steps at each would be quadratic, and a chart takes the same arrays again. */
function extended(
  course: Course,
  { step, loss, margin, mined, possible, violating }: Extract<LearnReport, { kind: 'moved' }>,
): Course {
  course.step.push(step);
  course.loss.push(loss);
  course.margin.push(margin);
  course.mined.push((100 * mined) / Math.max(possible, 1));
  course.violating.push(100 * violating);
  return { ...course };
}
