/** The page: three modes, and what goes from one to another. */
import { element, say } from './dom.ts';
import { takeFiles } from './files.ts';
import { LearnPage } from './learn.ts';
import { ModelsPage } from './models.ts';
import { tabs } from './tabs.ts';
import { WatchPage } from './watch.ts';

const models: ModelsPage = new ModelsPage({
  use: (model) => watch.use(model),
  export: () => learn.export(),
});

const watch = new WatchPage({
  loaded: (card) => models.loaded(card),
  refused: (id, why) => models.refused(id, why),
});

const learn = new LearnPage({
  ready: ({ backend, reason }) => {
    const badge = element('backend', HTMLElement);
    say(badge, backend === 'wasm' ? 'WebAssembly' : 'JavaScript');
    badge.title = reason ?? 'where the numbers are computed';
  },
  begun: () => watch.begin(), // by now nothing else is to be done, and from now on nothing more is to be loaded
  exportable: (can) => {
    models.exportable = can;
  },
  exported: (report) => models.exported(report),
});

const show = tabs((mode) => {
  if (mode !== 'learn') watch.begin();
});

takeFiles({
  model: (name, bytes) => {
    models.open(name, bytes);
    show('model');
  },
  recording: (files) => {
    watch.openFiles(files);
    show('watch');
  },
});
