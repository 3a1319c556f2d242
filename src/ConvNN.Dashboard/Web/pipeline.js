import { element, percent, number } from './dom.js';

// The blocks of the pipeline, as its stages in the log. A reader of the page need not know them.
const stages = {
  read: { name: 'read', does: 'chooses and assembles batches' },
  shard: { name: 'fan-out', does: 'begins a step, cuts the batch' },
  workers: { name: 'workers', does: 'forward, backward' },
  reduce: { name: 'reduce', does: 'averages, applies the optimizer' },
};

const states = ['busy', 'blocked', 'starved'];

const words = {
  busy: 'works',
  blocked: 'waits to hand on, or for the next step',
  starved: 'waits for work',
};

function bar(stage) {
  const label = states.map(state => `${state} ${percent(stage[state], 0)}`).join(', ');
  const parts = states.map(state => {
    const part = element('span', { class: state });
    part.style.flexGrow = Math.max(0, stage[state]);
    return part;
  });
  return element('div', { class: 'bar', role: 'img', 'aria-label': label, title: label }, parts);
}

function queue(stage) {
  if (!stage.capacity) return null;
  const most = 12, places = Math.min(stage.capacity, most);
  const filled = Math.min(places, Math.round(stage.queue * places / stage.capacity));
  return element('div', { class: 'queue', role: 'img', 'aria-label': `queue: ${stage.queue} of ${stage.capacity}`, title: `queue: ${stage.queue} of ${stage.capacity}` },
    Array.from({ length: places }, (_, i) => element('span', { class: i < filled ? 'full' : '' })));
}

function block(stage, limit, workers) {
  const { name, does } = stages[stage.name] ?? { name: stage.name, does: '' };
  const isLimit = stage.name === limit;
  return element('li', { class: `block${isLimit ? ' limit' : ''}` },
    element('strong', {}, name, isLimit ? element('span', { class: 'mark' }, 'limit') : null),
    element('span', { class: 'faint' }, does),
    stage.name === 'workers' && workers
      ? element('div', { class: 'threads', title: `${workers} threads` }, Array.from({ length: Math.min(workers, 64) }, () => element('span')), ` ${workers} ${workers === 1 ? 'thread' : 'threads'}`)
      : null,
    bar(stage),
    element('span', { class: 'shares' }, `${percent(stage.busy, 0)} busy · ${percent(stage.blocked, 0)} blocked · ${percent(stage.starved, 0)} starved`),
    element('span', { class: 'faint' }, `${number(stage.items)} done`),
    queue(stage));
}

/** Draws the stages with an arrow between each and the next. */
export function drawPipeline(target, { stages: shown, limit }, workers) {
  target.replaceChildren(
    element('ol', { class: 'pipeline' }, shown.map(stage => block(stage, limit, workers))),
    element('p', { class: 'legend' }, states.map(state => element('span', {}, element('span', { class: `swatch ${state}` }), `${state}: ${words[state]}`))));
}
