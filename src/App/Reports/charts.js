// Draws charts with uPlot. A chart is plain data, so that a page may have it in its text or get it from elsewhere, again and again:
//   { "title": "Loss", "x": "epoch", "zero": true, "top": null, "curves": [{ "name": "test", "x": [1, 2], "y": [0.09, null] }] }
// "top" is the highest value to show, where a beginning far above it would flatten the rest.
// charts.draw(element, chart) draws it, in place of what was there. A page's own are in elements of the class "plot".
const charts = (() => {
  'use strict';

  const height = 235;
  const colours = 6;                              // --c0 to --c5 of the page, then the same with dashes
  const dashes = [[], [8, 4], [2, 3]];
  const mostMarks = 40;
  const steps = [1, 2, 5].flatMap(d => [...Array(13).keys()].map(p => d * 10 ** p)).sort((a, b) => a - b);
  const plots = new Map();                        // element → [uPlot, chart]

  const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const text = value => value == null ? '–'
    : value !== 0 && (Math.abs(value) >= 1e9 || Math.abs(value) < 1e-4) ? value.toExponential(2)
    : Number(value.toPrecision(5)).toLocaleString('en', { maximumFractionDigits: 6 });

  function options(chart, width) {
    const axis = {
      stroke: style('--faint'),
      grid: { stroke: style('--line'), width: 1 },
      ticks: { show: false },
      font: '13px system-ui, sans-serif',
    };
    return {
      width, height,
      scales: {
        x: { time: false, range: (_, low, high) => low === high ? [low - 1, high + 1] : [low, high] },
        y: { range: (_, low, high) => uPlot.rangeNum(chart.zero ? Math.min(0, low) : low, Math.min(high, chart.top ?? high), 0.05, true) },
      },
      axes: [
        { ...axis, size: 32, incrs: steps, values: (_, ticks) => ticks.map(text) },
        { ...axis, size: 60, values: (_, ticks) => ticks.map(text) },
      ],
      series: [
        { label: chart.x, value: (_, value) => text(value) },
        ...chart.curves.map((curve, i) => ({
          label: curve.name,
          stroke: style(`--c${i % colours}`),
          dash: dashes[Math.floor(i / colours) % dashes.length],
          width: 2,
          spanGaps: true,
          points: { show: (plot, i) => plot.data[i].filter(value => value != null).length <= mostMarks, size: 5 },
          value: (_, value) => text(value),
        })),
      ],
      cursor: { sync: { key: chart.x }, drag: { x: true, y: false } },
    };
  }

  const fit = new ResizeObserver(entries => entries.forEach(({ target }) => {
    const [plot] = plots.get(target);
    if (plot.width !== target.clientWidth) plot.setSize({ width: target.clientWidth, height });
  }));

  // New points of the same curves leave a reader's cursor where it is.
  function draw(element, chart) {
    const names = chart.curves.map(curve => curve.name).join('\n');
    const data = uPlot.join(chart.curves.map(curve => [curve.x, curve.y]));
    const [plot, , before] = plots.get(element) ?? [];
    if (before === names) {
      plot.setData(data);
      plots.set(element, [plot, chart, names]);
      return;
    }
    plot?.destroy();
    plots.set(element, [new uPlot(options(chart, element.clientWidth), data, element), chart, names]);
    fit.observe(element);
  }

  function drawAll() {
    for (const element of document.querySelectorAll('.plot')) draw(element, JSON.parse(element.nextElementSibling.textContent));
  }

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    const all = [...plots].map(([element, [, chart]]) => [element, chart]);
    for (const [element, chart] of all) {
      plots.get(element)[0].destroy();
      plots.delete(element);
      draw(element, chart);
    }
  });

  return { draw, drawAll };
})();
