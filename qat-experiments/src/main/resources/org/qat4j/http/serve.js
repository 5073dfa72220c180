'use strict';
// Every text is set as text, never as markup.
const $ = id => document.getElementById(id);

function element(tag, cls, text, ...children) {
  const e = document.createElement(tag);
  if (cls) e.className = cls;
  if (text !== undefined && text !== null) e.textContent = text;
  e.append(...children);
  return e;
}

const percent = p => (100 * p).toFixed(1) + ' %';

function track(share, thin) {
  const fill = element('div', 'fill');
  fill.style.width = Math.max(0, Math.min(1, share)) * 100 + '%';
  return element('div', thin ? 'track thin' : 'track', null, fill);
}

function classes(answer) {
  const beside = new Map(((answer.float || {}).classes || []).map(c => [c.label, c.probability]));
  const list = element('ul', 'bars');
  for (const c of answer.classes) {
    const other = beside.get(c.label);
    const value = percent(c.probability) + (other === undefined ? '' : '  (float ' + percent(other) + ')');
    const item = element('li', null, null,
        element('div', 'name', null, element('span', null, c.label), element('span', 'value', value)),
        track(c.probability, false));
    if (other !== undefined) item.append(track(other, true));
    list.append(item);
  }
  return list;
}

function tags(answer) {
  const list = element('ul', 'chips');
  answer.tokens.forEach((token, i) => {
    const tag = answer.tags[i];
    const item = element('li', tag === 'O' ? '' : 'tagged', token);
    if (tag !== 'O') item.append(element('small', null, tag));
    list.append(item);
  });
  return list;
}

/** What is not known by name is shown as it came. */
function other(answer) {
  const rest = Object.fromEntries(Object.entries(answer)
      .filter(([key]) => !['text', 'micros', 'read', 'float'].includes(key)));
  return element('p', null, JSON.stringify(rest).slice(0, 2000));
}

function main(answer) {
  if (answer.classes) return classes(answer);
  if (answer.tags) return tags(answer);
  if (answer.translation !== undefined) return element('p', 'big', answer.translation);
  if (answer.number !== undefined) return element('p', 'big', String(answer.number));
  return other(answer);
}

function read(input) {
  const all = input.tokens || input.numbers.map(n => ({token: String(n)}));
  const list = element('ul', 'chips');
  for (const t of all) {
    const item = element('li', t.token === '?' ? 'unknown' : '', t.token);
    if (t.id !== undefined) item.title = 'id ' + t.id;
    list.append(item);
  }
  if (all.length === 0) list.append(element('li', 'unknown', 'nothing that it knows'));
  const of = input.steps === undefined ? '' : ', ' + all.length + ' of ' + input.steps + ' steps';
  const title = 'Read by ' + input.input + of;
  if (all.length && all.every(t => t.token === String(t.id))) { // hashed: numbers tell little
    return [element('details', null, null, element('summary', null, title), list)];
  }
  return [element('h3', null, title), list];
}

function show(...children) {
  $('result').replaceChildren(...children);
  $('result').hidden = false;
}

async function reason(response) {
  try {
    return (await response.json()).reason;
  } catch {
    return 'status ' + response.status;
  }
}

async function ask() {
  $('ask').disabled = true;
  try {
    const response = await fetch('v1/predict', {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify({text: $('text').value, read: true, float: $('float').checked})
    });
    if (!response.ok) {
      show(element('p', 'bad', await reason(response)));
      return;
    }
    const answer = (await response.json()).answers[0];
    show(element('h2', null, 'Answer'), main(answer),
        ...answer.read.flatMap(read),
        element('h3', null, Math.round(answer.micros).toLocaleString('en') + ' µs in integers, here'));
  } catch {
    show(element('p', 'bad', 'the server does not answer'));
  } finally {
    $('ask').disabled = false;
  }
}

async function begin() {
  $('form').addEventListener('submit', e => {
    e.preventDefault();
    ask();
  });
  $('text').addEventListener('keydown', e => {
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) $('form').requestSubmit();
  });
  const model = await (await fetch('v1/model')).json();
  $('name').textContent = model.name;
  document.title = model.name + ' · qat4j';
  const n = model.labels.length;
  $('facts').textContent = 'A frozen model in integer arithmetic'
      + (n ? ', ' + n + ' labels' : '') + ' · qat4j ' + model.version;
  $('beside').hidden = !model.float;
  $('float').checked = model.float;
  if (location.hash.length > 1) { // a link with a text: /#a%20large%20cat
    $('text').value = decodeURIComponent(location.hash.slice(1));
    ask();
  }
}

begin();
