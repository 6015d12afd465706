import { ArgumentError, EmbeddingClassifier, type Teacher } from 'dynaecg';
import { type Configuration, readConfiguration } from './configuration.ts';
import type { TrainingPlan } from './plan.ts';
import { type Finished, type History, type Seconds, trainMember, type Watch } from './train.ts';
import { type Member, makeNetwork, shiftLogits } from './trainers.ts';

/** What came of a training. */
export interface Trained<P extends TrainingPlan = TrainingPlan> {
  plan: P;
  members: Member[];
  /** of each member */
  histories: History[];
  seconds: Seconds;
}

/** Trains the members of a plan; those that were begun when it was stopped are among them. */
export async function trainMembers<P extends TrainingPlan>(plan: P, watch: Watch): Promise<Trained<P>> {
  const seconds = { embedder: 0, embedding: 0, classifier: 0, ...watch.from?.seconds };
  const members: Member[] = [];
  const histories: History[] = [];
  const finished: Finished[] = [];
  const teacher = await trainTeacher(plan, watch);
  for (let index = 0; index < plan.configuration.members && !watch.signal?.aborted; index++) {
    const own = planOfMember(plan, index);
    const network = makeNetwork(own);
    const before = watch.from?.finished[index];
    const history: History = { iterations: before?.iterations ?? [], epochs: before?.epochs ?? [] };
    histories.push(history);
    if (before) members.push(network.loadStateDict(before.weights).eval());
    else {
      members.push(
        await trainMember(own, network, { before: [...members], finished, teacher }, history, seconds, watch),
      );
      shiftLogits(plan, network.head);
    }
    finished.push({ weights: network.stateDict(), ...history });
  }
  return { plan, members, histories, seconds };
}

/** The plan of one network: of several each has draws of its own. */
export function planOfMember<P extends TrainingPlan>(plan: P, index: number): P {
  return plan.configuration.members > 1 ? { ...plan, random: plan.random.fork(`member ${index}`) } : plan;
}

/** What a network and its teacher are both given of a beat. */
const SHARED = ['length', 'before', 'normalize', 'align', 'timing', 'reference', 'previous', 'trainOn'] as const;

/**
 * The networks that those of a plan learn from, trained on the same beats; undefined if it names none. They are in no checkpoint: a
 * run that is resumed trains them again, to the same bits.
 *
 * @throws ArgumentError where they would be given other numbers of a beat, or the method is another than cross-entropy
 */
export async function trainTeacher(plan: TrainingPlan, { quiet, signal }: Watch): Promise<Teacher | undefined> {
  const { configuration, random } = plan;
  const {
    teacher: name,
    teacherWeight: weight,
    teacherTemperature: temperature,
    method,
    protocol,
    halves,
  } = configuration;
  if (name === '') return undefined;
  if (method !== 'crossEntropy')
    throw new ArgumentError(`teacher: expected method "crossEntropy", got ${JSON.stringify(method)}`);
  const own = readConfiguration(name);
  checkShared(configuration, own);
  const its = { ...plan, configuration: { ...own, protocol, halves }, random: random.fork('teacher') };
  const { members } = await trainMembers(its, { quiet, signal, part: 'teacher' });
  return { model: new EmbeddingClassifier(members), weight, temperature };
}

function checkShared(student: Configuration, teacher: Configuration): void {
  for (const key of SHARED) {
    const [own, its] = [student, teacher].map((configuration) => JSON.stringify(configuration[key]));
    if (own !== its) throw new ArgumentError(`teacher: expected one with ${key} ${own}, got ${its}`);
  }
}
