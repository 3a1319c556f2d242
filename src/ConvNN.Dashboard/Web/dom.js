// Makes elements. Text is always text: names of classes, layers and files come from outside.

export const $ = id => document.getElementById(id);

/** An element with attributes and children; a child that is not an element is text, and null is none. */
export function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value != null) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter(child => child != null));
  return made;
}

export const number = (value, digits = 0) =>
  value == null ? '–' : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

export const percent = (share, digits = 2) => share == null ? '–' : `${number(100 * share, digits)} %`;

/** A table of rows; a cell is text or an element. The first row is the head, the first cell of each other row its name. */
export function table(target, rows) {
  const [head, ...body] = rows;
  target.replaceChildren(
    element('thead', {}, element('tr', {}, head.map(cell => element('th', { scope: 'col' }, cell)))),
    element('tbody', {}, body.map(([name, ...cells]) =>
      element('tr', {}, element('th', { scope: 'row' }, name), cells.map(cell => cell instanceof Element && cell.localName === 'td' ? cell : element('td', {}, cell))))));
}

/** A confusion matrix: rows are the true classes, columns the predicted ones. */
export function confusion(target, classes, counts) {
  const sum = row => row.reduce((a, b) => a + b, 0);
  const mostWrong = Math.max(1, ...counts.flatMap((row, label) => row.filter((_, predicted) => predicted !== label)));
  table(target, [
    ['', ...classes, 'recall'],
    ...counts.map((row, label) => [
      classes[label],
      ...row.map((count, predicted) => {
        const isHit = label === predicted, share = isHit ? count / Math.max(1, sum(row)) : Math.sqrt(count / mostWrong);
        const cell = element('td', {}, count === 0 ? '' : String(count));
        cell.style.background = `rgb(var(${isHit ? '--hit' : '--miss'}) / ${(0.55 * share).toFixed(2)})`;
        return cell;
      }),
      percent(row[label] / Math.max(1, sum(row)), 1),
    ]),
  ]);
}

/** A picture with a line or two below. */
export function tile(image, description, ...lines) {
  return element('div', { class: 'tile' }, element('img', { src: image, alt: description }),
    lines.map((line, i) => [i === 0 ? null : element('br'), line]).flat());
}
