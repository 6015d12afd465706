import { count } from '../../page/format.ts';
import type { LearnReport, ModelCard } from '../protocol.ts';
import { announce, element, make, percentage, save, say } from './dom.ts';
import { notice, withdraw } from './notices.ts';
import type { Offered } from './watch.ts';

type Exported = Extract<LearnReport, { kind: 'exported' }>;

/** A model of the page: the package's, the one just trained, or one out of a file. */
interface Model extends Offered {
  title: string;
  about: string;
  /** once it has been loaded */
  card: ModelCard | null;
}

const SHIPPED: Model = {
  id: 'shipped',
  title: 'The model of the package',
  about: 'Trained on the MIT-BIH Arrhythmia Database.',
  file: null,
  beats: null,
  card: null,
};

/** The mode *own model*, and the list of models in *watch*. */
export class ModelsPage {
  readonly #use: (model: Offered) => void;
  readonly #models = new Map<string, Model>([[SHIPPED.id, SHIPPED]]);
  readonly #list = element('watch-model', HTMLSelectElement);
  readonly #button = element('model-export', HTMLButtonElement);
  #used: string | null = null;
  /** whose file is to be saved when it comes */
  #tried: Model | null = null;

  constructor({ use, export: ask }: { use: (model: Offered) => void; export: () => void }) {
    this.#use = use;
    this.#button.onclick = ask;
    this.#list.onchange = () => this.#choose(this.#list.value);
    this.#draw();
  }

  /** Whether the network of *learn* can be exported at the moment. */
  set exportable(can: boolean) {
    this.#button.disabled = !can;
  }

  /** Tries a model out of a file. */
  open(name: string, file: Uint8Array): void {
    this.#try({ id: name, title: name, about: 'Out of a file.', file, beats: null, card: null });
  }

  /** Saves the network just trained, and offers it. */
  exported({ file, iteration, accuracy, beats }: Exported): void {
    const name = `dynaecg-live-${iteration}.safetensors`;
    save(name, file);
    announce(`Saved ${name}`);
    const about = `The best network, of iteration ${iteration}; its classifier gets ${percentage(accuracy)} of the held-out beats right.`;
    this.#try({ id: 'trained', title: 'The network just trained', about, file, beats, card: null });
  }

  loaded(card: ModelCard): void {
    const known = this.#tried?.id === card.id ? this.#tried : this.#models.get(card.id);
    if (!known) return;
    this.#tried = null;
    this.#models.set(card.id, { ...known, card });
    this.#used = card.id;
    withdraw('model');
    announce(`${known.title} is used`);
    this.#draw();
  }

  refused(id: string, why: string): void {
    this.#tried = null;
    const title = this.#models.get(id)?.title ?? id;
    notice('model', `${title} cannot be used: ${why}. The model before it stays.`);
    this.#draw();
  }

  #try(model: Model): void {
    this.#tried = model;
    this.#use(offer(model));
  }

  #choose(id: string): void {
    const model = this.#models.get(id);
    if (model) this.#use(offer(model));
  }

  #draw(): void {
    const all = [...this.#models.values()];
    this.#list.replaceChildren(...all.map(({ id, title }) => make('option', { value: id }, title)));
    this.#list.value = this.#used ?? SHIPPED.id;
    element('model-cards', HTMLElement).replaceChildren(...all.map((model) => this.#card(model)));
  }

  #card(model: Model): HTMLElement {
    const used = model.id === this.#used;
    const button = make('button', { type: 'button' });
    say(button, used ? 'In use' : 'Use in Watch');
    button.disabled = used;
    button.onclick = () => this.#choose(model.id);
    const facts = model.card ? factsOf(model.card) : [];
    return make(
      'article',
      { class: used ? 'card used' : 'card' },
      make('h3', {}, model.title),
      make('p', { class: 'small' }, model.about),
      make('dl', {}, ...facts.flatMap(([term, text]) => [make('dt', {}, term), make('dd', {}, text)])),
      button,
    );
  }
}

const offer = ({ id, file, beats }: Model): Offered => ({ id, file, beats });

function factsOf({
  networks,
  weights,
  classes,
  rate,
  length,
  before,
  timing,
  clusters,
}: ModelCard): [string, string][] {
  const ms = (samples: number): string => `${Math.round((1000 * samples) / rate)} ms`;
  return [
    ['Classes', classes.join(', ')],
    ['Networks', `${networks}, ${count(weights)} weights`],
    ['A beat', `${length} samples at ${rate} Hz: ${ms(before)} before the R peak, ${ms(length - before)} after`],
    ['Timing', timing.join(', ') || 'not used'],
    ['Clusters', clusters > 0 ? `${count(clusters)} of training beats` : 'none'],
  ];
}
