// Follows a run: each message is an event of its log, as docs/files.md describes it, or what a log cannot show.
import { $, element, number, percent, table, confusion, tile } from './dom.js';
import { drawPipeline } from './pipeline.js';

const mostLines = 200;
const mostCheckpoints = 5;
const smallest = 1e-12;
const mostPoints = 2000;
const mostPictures = 512;

let run;

function begin() {
  run = { epochs: [], steps: [], layers: [], statistics: new Map(), filters: [], checkpoints: [], classes: [], plan: {}, isOver: false, isStopping: false };
  $('log').replaceChildren();
  dirty.clear();
}

// What has to be drawn again: once a frame at most, however many messages come.
const dirty = new Set();

function draw(...parts) {
  if (dirty.size === 0) requestAnimationFrame(() => { const all = [...dirty]; dirty.clear(); all.forEach(part => painters[part]()); });
  parts.forEach(part => dirty.add(part));
}

// Of a long list every second item goes, but not the last.
function keep(list, item, most) {
  list.push(item);
  if (list.length > most) list.splice(0, list.length, ...list.filter((_, i) => i % 2 === 0 || i === list.length - 1));
}

// JSON has no number for what is not finite: it comes as text.
const finite = value => typeof value === 'number' ? value : null;

const handlers = {
  start: e => { run.start = e; draw('head'); },
  data: e => { run.data = e; draw('head'); },
  layer: e => { run.layers.push(e); draw('layers'); },
  model: e => { run.model = e; draw('head', 'layers'); },
  train: e => { run.plan = e; run.threads = e.threads; draw('head', 'figures'); },
  run: e => { run.classes = e.classes; run.isValidated = e.validation; },
  workers: e => { run.threads = e.to; draw('pipeline', 'figures'); },
  step: e => { keep(run.steps, e, mostPoints); draw('figures', 'charts'); },
  epoch: e => { run.epochs.push(e); draw('figures', 'charts', 'spoken'); },
  stages: e => { run.stages = e; draw('pipeline'); },
  layer_statistics: e => {
    if (!run.statistics.has(e.name)) run.statistics.set(e.name, []);
    keep(run.statistics.get(e.name), e, mostPoints);
    draw('layers', 'charts');
  },
  filters: e => { keep(run.filters, e, mostPictures); draw('filters'); },
  test: e => { run.test = e; draw('test'); },
  checkpoint: e => { run.checkpoints.push(e); draw('checkpoints'); },
  stop: () => { run.isStopping = true; draw('head'); },
  done: e => { run.done = e; draw('figures'); },
  fault: e => { run.isOver = true; run.outcome = 'failed'; draw('head', 'figures', 'spoken'); },
  end: () => { run.isOver = true; run.outcome ??= run.isStopping ? 'stopped' : 'finished'; draw('head', 'figures', 'spoken'); },
};

const silent = new Set(['step', 'stages', 'layer', 'layer_statistics', 'filters', 'test', 'run', 'end', 'dashboard']);

function receive(message) {
  const event = JSON.parse(message.data);
  handlers[event.event]?.(event);
  if (!silent.has(event.event)) {
    const { time, event: word, ...fields } = event;
    const text = Object.entries(fields).map(([key, value]) => `${key}=${value}`).join(' ');
    const log = $('log'), isAtEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 30;
    log.append(element('li', { class: word }, `${(time ?? '').slice(11, 19)} ${word} ${text}`));
    while (log.childElementCount > mostLines) log.firstElementChild.remove();
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  }
}

const last = list => list[list.length - 1];

const number3 = value => finite(value) == null ? '–' : String(Number(value.toPrecision(3)));

const figure = (value, digits) => finite(value)?.toPrecision(digits) ?? value ?? '';

const duration = seconds => seconds == null ? '–'
  : seconds < 90 ? `${Math.round(seconds)} s`
  : seconds < 5400 ? `${Math.round(seconds / 60)} min`
  : `${number(seconds / 3600, 1)} h`;

const painters = {
  head() {
    const { data, model, plan } = run;
    $('name').textContent = run.start?.name ?? 'ConvNN';
    document.title = `${run.start?.name ?? ''} – ConvNN`;
    $('subject').textContent = [
      data && `${data.dataset}${data.note ? ` (${data.note})` : ''}, ${number(data.train_images)} training images`,
      model && `${number(model.parameters)} parameters`,
      plan.optimizer && `${plan.optimizer}, batch ${plan.batch_size}`,
      plan.exchange && `${plan.exchange}, up to ${plan.workers} ${plan.workers === 1 ? 'worker' : 'workers'}, ${plan.kernels}`,
    ].filter(Boolean).join(' · ');
    const stop = $('stop');
    stop.disabled = run.isOver || run.isStopping || !plan.optimizer;
    stop.textContent = run.isOver ? `The run has ${run.outcome === 'failed' ? 'failed' : run.outcome === 'stopped' ? 'been stopped' : 'ended'}` : run.isStopping ? 'Stopping …' : 'Stop after this step';
  },

  figures() {
    const step = last(run.steps), epoch = last(run.epochs), epochs = run.plan.epochs;
    const isFresh = step && step.epoch > (epoch?.epoch ?? 0);
    const done = (epoch?.epoch ?? 0) + (isFresh ? step.step / step.steps : 0);
    $('progress').value = epochs ? Math.min(1, run.isOver && run.outcome === 'finished' ? 1 : done / epochs) : 0;
    const shown = run.done ?? epoch;
    const figures = [
      ['epoch', epochs ? `${isFresh ? step.epoch : epoch?.epoch ?? 0} of ${epochs}` : '–'],
      [run.isOver ? 'state' : 'time left', run.isOver ? run.outcome : duration(isFresh ? step.seconds_left : null)],
      ['images/s', number(isFresh && !run.isOver ? step.images_per_second : run.done?.images_per_second ?? epoch?.images_per_second)],
      ['training loss', number(isFresh ? step.train_loss : epoch?.train_loss, 4)],
      ['test accuracy', percent(shown?.test_accuracy)],
      ...run.isValidated ? [['validation accuracy', percent(epoch?.validation_accuracy)]] : [],
      ['learning rate', number3(epoch?.learning_rate ?? run.plan.learning_rate)],
      ['threads', run.threads ?? '–'],
    ];
    $('figures').replaceChildren(...figures.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, String(value)))));
  },

  spoken() {
    const epoch = last(run.epochs);
    $('spoken').textContent = run.isOver ? `The run has ${run.outcome}.` : epoch ? `Epoch ${epoch.epoch} of ${epoch.epochs}: test accuracy ${percent(epoch.test_accuracy)}.` : '';
  },

  charts() {
    const ends = name => ({ x: run.epochs.map(e => e.epoch), y: run.epochs.map(e => finite(e[name])) });
    const running = name => ({ x: run.steps.map(position), y: run.steps.map(s => finite(s[name])) });
    const scaled = ({ x, y }) => ({ x, y: y.map(value => value == null ? null : 100 * value) });
    const curves = (figure, scale) => [
      { name: 'training, so far in the epoch', ...scale(running(`train_${figure}`)) },
      { name: 'training', ...scale(ends(`train_${figure}`)) },
      { name: 'test', ...scale(ends(`test_${figure}`)) },
      ...run.isValidated ? [{ name: 'validation', ...scale(ends(`validation_${figure}`)) }] : [],
    ].filter(curve => curve.x.length > 0);
    chart('loss', { title: 'Loss, nats', x: 'epoch', zero: true, curves: curves('loss', same => same) });
    chart('accuracy', { title: 'Accuracy, %', x: 'epoch', zero: false, curves: curves('accuracy', scaled) });
    chart('speed', {
      title: 'Throughput, images/s', x: 'epoch', zero: true,
      // Short epochs are over before their steps are told.
      curves: [{ name: 'lately', ...running('images_per_second') }, { name: 'whole epoch', ...ends('images_per_second') }].filter(curve => curve.x.length > 0),
    });
    chart('rate', { title: 'Learning rate', x: 'epoch', zero: true, curves: [{ name: 'at the end of the epoch', ...ends('learning_rate') }].filter(curve => curve.x.length > 0) });
    chart('gradients', {
      title: 'Gradient norm of each layer, logarithm to base 10', x: 'epoch', zero: false,
      curves: [...run.statistics].map(([name, list]) => ({ name, x: list.map(e => e.epoch), y: list.map(e => finite(e.gradient_norm) > smallest ? Math.log10(e.gradient_norm) : null) }))
        .filter(curve => curve.y.some(value => value != null)),
    });
  },

  pipeline() {
    if (run.stages) drawPipeline($('pipeline'), run.stages, run.threads);
  },

  layers() {
    table($('layers'), [
      ['layer', 'kind', 'output', 'parameters', 'gradient norm', 'weight norm', 'dead ReLUs'],
      ...run.layers.map(layer => {
        const found = last(run.statistics.get(layer.name) ?? []);
        const dead = found?.relus ? `${number(found.dead_relus)} of ${number(found.relus)}` : '';
        return [
          layer.name, `${layer.type} ${layer.summary}`.trim(), layer.output, layer.parameters ? number(layer.parameters) : '',
          figure(found?.gradient_norm, 3), figure(found?.weight_norm, 4),
          element('td', { class: found?.dead_share > 0.5 ? 'dead' : null }, dead),
        ];
      }),
    ]);
  },

  filters() {
    const slider = $('filters-epoch'), isAtEnd = Number(slider.value) >= Number(slider.max);
    $('filters-section').hidden = false;
    slider.max = run.filters.length - 1;
    if (isAtEnd) slider.value = slider.max;
    const shown = run.filters[Number(slider.value)];
    $('h-filters').textContent = `Filters of ${shown.layer}`;
    $('filters-legend').textContent = `${shown.images.length < shown.count ? `${shown.images.length} of ${shown.count}` : shown.count} of ${shown.size}; ${shown.legend}.`;
    $('filters-shown').textContent = shown.epoch;
    slider.setAttribute('aria-valuetext', `epoch ${shown.epoch}`);
    $('filters').replaceChildren(...shown.images.map((image, i) => tile(image, `filter ${i}`, String(i))));
  },

  test() {
    const { test, classes } = run;
    $('test-section').hidden = false;
    const pairs = test.pairs.map(([label, predicted, count]) => `${classes[label]} → ${classes[predicted]} (${number(count)})`).join(', ');
    $('test-epoch').textContent = `After epoch ${test.epoch}${test.confusion ? ': rows are the true classes, columns the predicted ones' : ''}.`;
    if (test.confusion) confusion($('confusion'), classes, test.confusion);
    $('pairs').textContent = pairs ? `Most often confused: ${pairs}.` : '';
    $('misread-count').textContent = `${number(test.wrong)} in all${test.wrong > test.misread.length ? `; the ${test.misread.length} of the largest loss` : ''}: true class → predicted class.`;
    $('misread').replaceChildren(...test.misread.map(image =>
      tile(image.image, `test image ${image.index}, true class ${classes[image.label]}`, `${classes[image.label]} → ${classes[image.predicted]}`)));
  },

  checkpoints() {
    $('checkpoints').replaceChildren(...run.checkpoints.slice(-mostCheckpoints).reverse().map(e =>
      element('li', {}, `${e.name}, ${(e.time ?? '').slice(11, 19)} UTC, ${number(e.bytes / 1e6, 3)} MB; it held the run for ${number(e.held_ms, 2)} ms`)));
  },
};

const position = step => step.epoch - 1 + step.step / step.steps;

const plots = new Map();                  // `charts` is the global of charts.js

function chart(id, data) {
  if (data.curves.length === 0) return;
  if (!plots.has(id)) {
    const plot = element('div', { class: 'plot', role: 'img', 'aria-label': data.title });
    $('charts').append(element('figure', {}, element('figcaption', {}, data.title), plot));
    plots.set(id, plot);
  }
  charts.draw(plots.get(id), data);
}

function tell(text) {
  $('connection').hidden = !text;
  $('connection').textContent = text;
}

begin();
$('filters-epoch').addEventListener('input', () => draw('filters'));
$('stop').addEventListener('click', async () => {
  if (!confirm('Stop the run? It finishes the current step and keeps everything; it can be resumed.')) return;
  try {
    const answer = await fetch('stop', { method: 'POST' });
    if (!answer.ok) tell((await answer.json()).error);
  } catch {
    tell('The program does not answer.');
  }
});

const source = new EventSource('events');
let hasBegun = false;
source.addEventListener('begin', () => {
  // Another connection may be another run: everything begins anew.
  if (hasBegun) location.reload();
  hasBegun = true;
  tell('');
});
source.addEventListener('message', receive);
source.addEventListener('error', () => {
  if (!run.isOver) tell(source.readyState === EventSource.CLOSED ? 'The program refuses the page: open the address that it printed, or close other pages of it.' : 'No connection to the program; trying again …');
});
