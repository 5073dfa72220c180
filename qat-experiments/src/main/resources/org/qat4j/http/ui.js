'use strict';
// Every text is set as text, never as markup.
const $ = id => document.getElementById(id);
const SVG = 'http://www.w3.org/2000/svg';
const state = {runs: [], sort: 'started', down: true, filter: '', open: '', chosen: new Set()};

function element(tag, cls, text, ...children) {
  const e = document.createElement(tag);
  if (cls) e.className = cls;
  if (text !== undefined && text !== null) e.textContent = text;
  e.append(...children.filter(c => c));
  return e;
}

function svg(tag, attributes, text) {
  const e = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  if (text !== undefined) e.textContent = text;
  return e;
}

const minus = text => text.replace('-', '−');
const score = (x, share) => share ? minus((100 * x).toFixed(2)) + ' %' : minus(x.toFixed(4));
const range = (i, share) => share
    ? '[' + i.map(x => minus((100 * x).toFixed(2))).join(', ') + ']'
    : '[' + i.map(x => minus(x.toFixed(4))).join(', ') + ']';
const ends = i => Array.isArray(i) ? i : [i.lo, i.hi];
const change = (d, share) => (d.mean > 0 ? '+' : '')
    + minus(share ? (100 * d.mean).toFixed(2) : d.mean.toFixed(4));

function bytes(n) {
  if (n < 1000) return n + ' B';
  return n < 1e6 ? (n / 1e3).toFixed(1) + ' kB' : (n / 1e6).toFixed(2) + ' MB';
}

const time = iso => iso ? new Date(iso).toLocaleString('sv').slice(0, 16) : '';

const COLUMNS = [
  {key: 'name', title: 'Run', value: r => r.name},
  {key: 'state', title: 'State', value: r => r.state},
  {key: 'score', title: 'Result', value: r => r.score, numeric: true},
  {key: 'toFloat', title: 'To float', value: r => r.toFloat ? r.toFloat.mean : undefined, numeric: true},
  {key: 'bytes', title: 'Size', value: r => r.bytes, numeric: true},
  {key: 'started', title: 'Started', value: r => r.started}
];

function cell(name, numeric, ...children) {
  const td = element('td', numeric ? 'n' : 'wrap', null, ...children);
  td.dataset.name = name;
  return td;
}

function row(run) {
  const tr = document.createElement('tr');
  const box = element('input');
  box.type = 'checkbox';
  box.checked = chosen().includes(run.name);
  box.disabled = run.score === undefined;
  box.setAttribute('aria-label', 'compare ' + run.name);
  box.addEventListener('change', () => {
    state.chosen[box.checked ? 'add' : 'delete'](run.name);
    toLink();
    compare();
  });
  const open = element('button', 'name', run.name);
  open.setAttribute('aria-expanded', String(state.open === run.name));
  open.addEventListener('click', () => {
    state.open = state.open === run.name ? '' : run.name;
    toLink();
    table();
    curves();
  });
  const about = [run.experiment, run.variants > 1 ? 'best of ' + run.variants + ' variants' : '',
    run.seeds > 1 ? run.seeds + ' seeds' : ''].filter(x => x).join(', ');
  tr.append(element('td', 'box', null, box));
  const head = element('th', 'run', null, open, about ? element('small', null, about) : null);
  head.scope = 'row';
  tr.append(head);
  tr.append(cell('', false, element('span', 'state ' + run.state, run.state)));
  if (run.score === undefined) {
    tr.append(cell('', true, run.problem ? element('span', 'bad', run.problem) : ''), cell('', true), cell('', true));
  } else {
    tr.append(cell(run.metric, true, score(run.score, run.share),
        element('small', null, range(ends(run.interval), run.share) + ' ',
            element('span', 'wide-only', run.metric))));
    tr.append(run.toFloat ? cell('to float', true, change(run.toFloat, run.share)
        + (run.share ? ' points' : ''),
        element('small', null, range(ends(run.toFloat.interval), run.share))) : cell('', true));
    tr.append(run.bytes ? cell('size', true, bytes(run.bytes)) : cell('', true));
  }
  tr.append(cell('started', false, time(run.started)));
  const link = run.report ? element('a', null, 'report') : '';
  if (link) {
    link.href = 'v1/runs/' + encodeURIComponent(run.name) + '/report';
    link.target = '_blank';
    link.rel = 'noopener';
    link.setAttribute('aria-label', 'report of ' + run.name);
  }
  tr.append(cell('', false, link));
  return tr;
}

function sorted() {
  const column = COLUMNS.find(c => c.key === state.sort);
  const words = state.filter.toLowerCase().split(/\s+/).filter(w => w);
  const shown = state.runs.filter(r => {
    const all = [r.name, r.experiment, r.description, r.state, r.metric].join(' ').toLowerCase();
    return words.every(w => all.includes(w));
  });
  return shown.sort((a, b) => {
    const x = column.value(a), y = column.value(b);
    if (x === undefined || x === null) return y === undefined || y === null ? 0 : 1;
    if (y === undefined || y === null) return -1;
    const order = column.numeric ? x - y : String(x).localeCompare(String(y), 'en', {numeric: true});
    return state.down ? -order : order;
  });
}

const order = () => state.sort + (state.down ? ' down' : ' up');

function setOrder(text) {
  [state.sort, state.down] = [text.split(' ')[0], text.endsWith('down')];
}

function sortBy(key) {
  state.down = state.sort === key ? !state.down : key !== 'name' && key !== 'state';
  state.sort = key;
  toLink();
  table();
}

function heads() {
  const cells = COLUMNS.map(c => {
    const th = element('th', c.numeric ? 'n' : '');
    th.scope = 'col';
    const button = element('button', null,
        c.title + (state.sort === c.key ? (state.down ? ' ▾' : ' ▴') : ''));
    button.addEventListener('click', () => {
      sortBy(c.key);
      $('heads').children[COLUMNS.indexOf(c) + 1].firstChild.focus();
    });
    th.append(button);
    if (state.sort === c.key) th.setAttribute('aria-sort', state.down ? 'descending' : 'ascending');
    return th;
  });
  const box = element('th', null, null, element('span', 'away', 'compare'));
  $('heads').replaceChildren(box, ...cells, element('th', null, null, element('span', 'away', 'report')));
}

function table() {
  heads();
  $('order').value = order();
  const runs = sorted();
  const focus = document.activeElement && document.activeElement.closest('tr[data-run]');
  const at = focus ? [focus.dataset.run, [...focus.querySelectorAll('a, button, input')].indexOf(document.activeElement)] : null;
  $('rows').replaceChildren(...runs.map(r => {
    const tr = row(r);
    tr.dataset.run = r.name;
    return tr;
  }));
  if (at) { // the keyboard stays where it was
    const tr = [...$('rows').children].find(r => r.dataset.run === at[0]);
    const target = tr && tr.querySelectorAll('a, button, input')[at[1]];
    if (target) target.focus();
  }
  $('count').textContent = state.runs.length === 0 ? 'There is no run yet.'
      : runs.length + ' of ' + state.runs.length + ' runs; tick some to see them side by side,'
      + ' choose a name to see its curves';
}

/** Lines over steps; {name, points: [[x, y]]}. */
function chart(title, lines, percent) {
  const W = 420, H = 220, L = 46, R = 10, T = 10, B = 26;
  const all = lines.flatMap(l => l.points);
  const xs = all.map(p => p[0]), ys = all.map(p => p[1]);
  const x1 = Math.max(1, xs.reduce((a, b) => Math.max(a, b), 1));
  let y0 = ys.reduce((a, b) => Math.min(a, b), Infinity), y1 = ys.reduce((a, b) => Math.max(a, b), -Infinity);
  if (y1 - y0 < 1e-9) { // one point, or a straight line
    const around = percent ? 0.01 : Math.max(0.01, Math.abs(y1) / 10);
    y0 -= around;
    y1 += around;
  }
  const X = x => L + (W - L - R) * x / x1, Y = y => H - B - (H - T - B) * (y - y0) / (y1 - y0);
  const g = svg('svg', {viewBox: `0 0 ${W} ${H}`, class: 'chart', role: 'img', 'aria-label': title});
  for (let i = 0; i <= 4; i++) {
    const y = y0 + (y1 - y0) * i / 4;
    g.append(svg('line', {x1: L, x2: W - R, y1: Y(y), y2: Y(y)}));
    g.append(svg('text', {x: L - 6, y: Y(y) + 4, 'text-anchor': 'end'}, percent ? (100 * y).toFixed(1) : y.toPrecision(3)));
  }
  g.append(svg('text', {x: L, y: H - 8}, '0'));
  g.append(svg('text', {x: W - R, y: H - 8, 'text-anchor': 'end'}, 'step ' + x1.toLocaleString('en')));
  const legend = element('ul', 'legend');
  lines.forEach((line, i) => {
    const color = `var(--c${i % 6})`;
    const shape = line.points.length === 1
        ? svg('circle', {cx: X(line.points[0][0]), cy: Y(line.points[0][1]), r: 3})
        : svg('polyline', {points: line.points.map(p => X(p[0]).toFixed(1) + ',' + Y(p[1]).toFixed(1)).join(' ')});
    shape.style[line.points.length === 1 ? 'fill' : 'stroke'] = color;
    g.append(shape);
    const mark = element('span', 'mark');
    mark.style.background = color;
    const last = line.points[line.points.length - 1][1];
    legend.append(element('li', null, null, mark, line.name + ' ' + (percent ? (100 * last).toFixed(2) + ' %' : last.toPrecision(3))));
  });
  return element('div', null, null, element('h3', null, title), g, legend);
}

/** Smoothed over about a hundredth of the points, so that trends show. */
function smooth(points) {
  const n = Math.max(1, Math.round(points.length / 60));
  const out = [];
  let sum = 0;
  points.forEach((p, i) => {
    sum += p[1];
    if (i >= n) sum -= points[i - n][1];
    out.push([p[0], sum / Math.min(i + 1, n)]);
  });
  return out;
}

async function curves() {
  const box = $('curves');
  if (!state.open) {
    box.hidden = true;
    return;
  }
  const name = state.open;
  const run = state.runs.find(r => r.name === name);
  const answer = await get('v1/runs/' + encodeURIComponent(name));
  if (!answer || name !== state.open) return;
  const many = new Set(Object.keys(answer.curves).map(k => k.split(' ')[0])).size > 1;
  const line = key => many ? key.replace(/^(\S+) (\S+).*/, '$2, seed $1') : key.split(' ')[1];
  const losses = [], accuracies = [];
  for (const [key, points] of Object.entries(answer.curves)) {
    if (key.endsWith(' validation')) {
      accuracies.push({name: line(key), points: points.map(p => [p.step, p.validationAccuracy])});
    } else {
      const finite = points.filter(p => Number.isFinite(p.loss)).map(p => [p.step, p.loss]);
      if (finite.length) losses.push({name: line(key), points: smooth(finite)});
    }
  }
  const charts = element('div', 'charts');
  if (losses.length) charts.append(chart('Training loss, smoothed', losses, false));
  if (accuracies.length) charts.append(chart('Accuracy on validation texts', accuracies, true));
  const note = run && run.state === 'running' ? ' goes on' : run ? ' is ' + run.state : '';
  box.replaceChildren(element('h2', null, name + note), charts.children.length ? charts
      : element('p', 'soft', 'There are no curves yet.'));
  box.hidden = false;
}

function grid(title, heads, rows) {
  const t = element('table', null, null,
      element('thead', null, null, element('tr', null, null, element('th'), ...heads.map(h => element('th', 'n', h)))));
  const body = element('tbody');
  for (const [name, cells] of rows) {
    body.append(element('tr', null, null, element('th', null, name), ...cells.map(c => {
      const parts = Array.isArray(c) ? c : [c];
      return element('td', 'n', parts[0], parts[1] ? element('small', null, parts[1]) : null);
    })));
  }
  t.append(body);
  t.className = 'grid';
  t.style.minWidth = 90 + 95 * heads.length + 'px'; // two runs fit on 360 pixels
  const scroll = element('div', 'scroll', null, t);
  scroll.tabIndex = 0;
  scroll.setAttribute('role', 'group');
  scroll.setAttribute('aria-label', title);
  return [element('h3', null, title), scroll];
}

/** Those ticked that have results. */
const chosen = () => [...state.chosen].filter(n => state.runs.some(r => r.name === n && r.score !== undefined));

async function compare() {
  const box = $('compare');
  const names = chosen();
  if (names.length === 0) {
    box.hidden = true;
    return;
  }
  const answer = await get('v1/compare?' + new URLSearchParams(names.map(n => ['run', n])));
  if (!answer || names.join() !== chosen().join()) return;
  const runs = answer.comparison.runs, heads = runs.map(r => r.name);
  const stages = Object.keys(answer.stages).filter(s => runs.some(r => r.results[s]));
  const results = stages.map(s => [answer.stages[s], runs.map((r, i) => {
    const x = r.results[s], share = answer.shares[i];
    return x ? [score(x.score, share), range(ends(x.interval), share)] : '–';
  })]);
  const against = (title, key) => [title, runs.map((r, i) => {
    const d = r.results[r.last][key]; // of the last stage
    return d ? [change(d, answer.shares[i]), range(ends(d.interval), answer.shares[i])] : '–';
  })];
  const sizes = [['model.qat', runs.map(r => r.bytes ? bytes(r.bytes) : '–')],
    ['µs a text', runs.map(r => r.microsPerText ? r.microsPerText.toFixed(1) : '–')],
    ['seeds', runs.map(r => String(r.seeds))]];
  const layerNames = [...new Set(Object.values(answer.layers).flat().map(l => l.name))];
  const withLayers = Object.entries(answer.layers).filter(([, rows]) => rows.length);
  const layers = layerNames.map(n => [n, withLayers.map(([, rows]) => {
    const l = rows.find(x => x.name === n);
    if (!l) return '–';
    const bits = l.weightBits + (l.activationBits ? ' / ' + l.activationBits : '') + ' bits';
    return [l.sqnrDb === undefined || l.sqnrDb === null ? '–' : l.sqnrDb.toFixed(1) + ' dB', bits];
  })]);
  const differences = Object.entries(answer.comparison.differences);
  box.replaceChildren(element('h2', null, runs.length === 1 ? runs[0].name : runs.length + ' side by side'),
      ...answer.comparison.warnings.map(w => element('p', 'bad', w)),
      ...grid('Results, 95 % intervals', heads, [...results, against('difference to float, points', 'toFloat'),
        against('difference to control, points', 'toControl')]),
      ...grid('Cost', heads, sizes),
      ...(layers.length ? grid('SQNR of layers; bits of weights / output', withLayers.map(([n]) => n), layers) : []),
      ...(runs.length < 2 ? [] : differences.length ? grid('Settings that differ', heads, differences)
        : [element('p', 'soft', 'No settings differ.')]),
      element('p', 'soft', 'Intervals are those of each run by itself; differences are paired within a run, not between runs.'));
  box.hidden = false;
}

async function get(path) {
  try {
    const response = await fetch(path);
    const body = await response.json();
    if (!response.ok) throw new Error(body.reason);
    $('problem').hidden = true;
    return body;
  } catch (e) {
    $('problem').textContent = e instanceof TypeError ? 'the server does not answer' : e.message;
    $('problem').hidden = false;
    return null;
  }
}

/** What is open and ticked is in the link. */
function toLink() {
  const words = new URLSearchParams();
  if (state.open) words.set('run', state.open);
  for (const name of state.chosen) words.append('with', name);
  if (state.filter) words.set('filter', state.filter);
  if (order() !== 'started down') words.set('order', order());
  history.replaceState(null, '', '#' + words);
}

function fromLink() {
  const words = new URLSearchParams(location.hash.slice(1));
  state.open = words.get('run') || '';
  state.chosen = new Set(words.getAll('with'));
  state.filter = $('filter').value = words.get('filter') || '';
  const asked = words.get('order') || '';
  if ([...$('order').options].some(o => o.value === asked)) setOrder(asked);
}

async function refresh() {
  const answer = await get('v1/runs');
  if (answer) {
    const before = JSON.stringify(state.runs);
    state.runs = answer.runs;
    $('facts').textContent = answer.folder;
    if (before !== JSON.stringify(state.runs) || !$('rows').children.length) table();
    const open = state.runs.find(r => r.name === state.open);
    if (open && open.state === 'running') await curves();
  }
  const running = state.runs.some(r => r.state === 'running');
  setTimeout(refresh, running ? 2000 : 10000);
}

async function begin() {
  for (const c of COLUMNS) {
    for (const way of ['up', 'down']) {
      const option = element('option', null, c.title + (way === 'up' ? ' ▴' : ' ▾'));
      option.value = c.key + ' ' + way;
      $('order').append(option);
    }
  }
  $('order').addEventListener('change', () => {
    setOrder($('order').value);
    toLink();
    table();
  });
  $('filter').addEventListener('input', () => {
    state.filter = $('filter').value;
    toLink();
    table();
  });
  fromLink();
  await refresh();
  await Promise.all([curves(), compare()]);
}

begin();
