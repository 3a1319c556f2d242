// A drawing, or a picture from a file, goes to the program as it is; what comes back is drawn. One request at a time: the next one
// carries what the paper has by then.
import { $, element, percent, number, tile } from './dom.js';

const paper = $('paper');
const pen = paper.getContext('2d');
const mostBars = 12;
const step = 6;

let model;
try {
  model = await (await fetch('model')).json();
} catch (reason) {
  problem('The program does not answer.');
  throw reason;
}

let isAsking = false, isStale = false;
let sheet = 0;                         // answers about an earlier sheet come too late
let last = null;                       // where the pen is down: [x, y]
const keyboard = { x: 140, y: 140, isDown: false };

function clear() {
  sheet++;
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, paper.width, paper.height);
  $('guess').textContent = '–';
  bars([]);
  $('seen').replaceChildren();
  $('layers').replaceChildren();
  $('changes').textContent = '';
  isStale = false;
}

function problem(text) {
  $('problem').hidden = !text;
  $('problem').textContent = text ?? '';
}

function line(from, to) {
  pen.strokeStyle = '#000';
  pen.lineCap = pen.lineJoin = 'round';
  pen.lineWidth = Number($('width').value);
  pen.beginPath();
  pen.moveTo(...from);
  pen.lineTo(...to);
  pen.stroke();
  ask();
}

const at = event => {
  const box = paper.getBoundingClientRect();
  return [(event.clientX - box.left) * paper.width / box.width, (event.clientY - box.top) * paper.height / box.height];
};

paper.addEventListener('pointerdown', event => {
  paper.setPointerCapture(event.pointerId);
  last = at(event);
  line(last, last);
});
paper.addEventListener('pointermove', event => {
  if (!last) return;
  for (const part of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event]) {
    const next = at(part);
    line(last, next);
    last = next;
  }
});
for (const end of ['pointerup', 'pointercancel']) paper.addEventListener(end, () => { last = null; });

paper.addEventListener('keydown', event => {
  const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  if (event.key === ' ') {
    keyboard.isDown = !keyboard.isDown;
    if (keyboard.isDown) line([keyboard.x, keyboard.y], [keyboard.x, keyboard.y]);
  } else if (moves[event.key]) {
    const from = [keyboard.x, keyboard.y], [dx, dy] = moves[event.key];
    keyboard.x = Math.min(paper.width, Math.max(0, keyboard.x + dx));
    keyboard.y = Math.min(paper.height, Math.max(0, keyboard.y + dy));
    if (keyboard.isDown) line(from, [keyboard.x, keyboard.y]);
  } else {
    return;
  }
  event.preventDefault();
});

/** Asks what the network makes of the paper. */
async function ask() {
  isStale = true;
  if (isAsking) return;
  isAsking = true;
  try {
    while (isStale) {
      isStale = false;
      await send(await new Promise(done => paper.toBlob(done, 'image/png')));
    }
  } finally {
    isAsking = false;
  }
}

async function send(picture) {
  const asked = sheet;
  try {
    const answer = await fetch('explain', { method: 'POST', body: picture });
    const result = await answer.json();
    if (asked !== sheet) return;
    problem(answer.ok ? null : result.error);
    if (answer.ok) show(result);
  } catch {
    problem('The program does not answer.');
  }
}

/** Sends a file as it is, and shows it on the paper if the browser can. */
async function open(file) {
  clear();
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(paper.width / picture.width, paper.height / picture.height);
    pen.drawImage(picture, (paper.width - picture.width * scale) / 2, (paper.height - picture.height * scale) / 2, picture.width * scale, picture.height * scale);
  } catch {
    // PGM and PPM: the program reads them, browsers do not.
  }
  await send(file);
}

$('clear').addEventListener('click', clear);
$('file').addEventListener('change', event => { if (event.target.files[0]) open(event.target.files[0]); event.target.value = ''; });
document.addEventListener('dragover', event => { event.preventDefault(); paper.classList.add('dropping'); });
document.addEventListener('dragleave', () => paper.classList.remove('dropping'));
document.addEventListener('drop', event => {
  event.preventDefault();
  paper.classList.remove('dropping');
  if (event.dataTransfer.files[0]) open(event.dataTransfer.files[0]);
});

function bars(probabilities) {
  const order = [...probabilities.keys()];
  if (order.length > mostBars) order.sort((a, b) => probabilities[b] - probabilities[a]);
  const best = probabilities.indexOf(Math.max(...probabilities));
  $('bars').replaceChildren(...(probabilities.length ? order.slice(0, mostBars) : []).map(label => {
    const filled = element('span');
    filled.style.width = `${100 * probabilities[label]}%`;
    return element('li', { class: label === best ? 'first' : null },
      element('span', { class: 'name', title: model.classes[label] }, model.classes[label]), element('div', { class: 'track' }, filled), element('span', {}, percent(probabilities[label], 1)));
  }));
}

function show({ prediction, prepared, changes, saliency, layers }) {
  $('guess').textContent = `${prediction.name}, ${percent(prediction.probability, 1)}`;
  bars(prediction.probabilities);
  $('seen').replaceChildren(tile(prepared, 'the picture as the network takes it', 'as the network takes it'), tile(saliency, 'the pixels that matter', `what matters for ${prediction.name}`));
  $('changes').textContent = changes.length ? `The picture was ${changes.join(', ')}.` : '';
  $('layers').replaceChildren(...layers.flatMap(layer => [
    element('h3', {}, layer.name),
    element('p', { class: 'faint' }, `${layer.type}, ${layer.shape}${layer.channels > layer.images.length ? `, the first ${layer.images.length} channels` : ''}; ${layer.legend}.`),
    layer.vector
      ? element('div', { class: 'vector' }, element('img', { src: layer.images[0], alt: `the output of ${layer.name}` }))
      : element('div', { class: 'tiles' }, layer.images.map((image, i) => tile(image, `channel ${i} of ${layer.name}`, String(i)))),
  ]));
}

clear();
$('title').textContent = model.classes.every(name => /^\d$/.test(name)) ? 'Draw a digit' : 'Draw something';
$('subject').textContent = `A network of ${number(model.parameters)} parameters${model.dataset ? `, trained on ${model.dataset}` : ''}; it knows ${model.classes.length} classes and takes ${model.channels === 1 ? 'grey' : 'colour'} images of ${model.width}×${model.height}.`;
