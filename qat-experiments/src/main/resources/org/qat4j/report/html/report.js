'use strict';
(() => {
  const data = JSON.parse(document.getElementById('report-data').textContent);
  const dash = { float: [], control: [6, 4], pruned: [1, 2], ptq: [2, 3], observer: [1, 4], tuned: [4, 2], qat: [], integer: [8, 3, 2, 3] };
  const point = { float: 'circle', control: 'rect', pruned: 'crossRot', ptq: 'triangle', observer: 'cross', tuned: 'rectRounded', qat: 'rectRot', integer: 'star' };
  let charts = [];

  const color = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();

  const axis = (title, more) => ({
    title: { display: true, text: title, color: color('soft') },
    ticks: { color: color('soft') },
    grid: { color: color('line') },
    ...more,
  });

  const draw = (id, config) => {
    const canvas = document.getElementById(id);
    if (!canvas) return;
    config.options = {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      ...config.options,
    };
    charts.push(new Chart(canvas, config));
  };

  const legend = (display) => ({
    display,
    labels: { color: color('ink'), usePointStyle: true, boxHeight: 7 },
  });

  const curve = (id, key, title, points, scale) =>
    draw(id, {
      type: 'line',
      data: {
        datasets: data.curves
          .filter((c) => c[key].length > 0)
          .map((c) => ({
            label: c.title,
            data: c[key],
            borderColor: color(c.stage),
            backgroundColor: color(c.stage),
            borderDash: dash[c.stage],
            borderWidth: 2,
            pointStyle: point[c.stage],
            pointRadius: points ? 4 : 0,
            pointHitRadius: 6,
          })),
      },
      options: {
        interaction: { mode: 'nearest', intersect: false },
        plugins: { legend: legend(true) },
        scales: {
          x: axis('training step', { type: 'linear', min: 0 }),
          y: axis(title, scale),
        },
      },
    });

  const layers = () =>
    draw('chart-layers', {
      type: 'bar',
      data: {
        labels: data.layers.names,
        datasets: data.layers.stages.map((s) => ({
          label: s.title,
          data: s.sqnr,
          backgroundColor: color(s.stage),
          maxBarThickness: 18,
        })),
      },
      options: {
        indexAxis: 'y',
        plugins: { legend: legend(data.layers.stages.length > 1) },
        scales: {
          x: axis('signal to quantization noise, dB (longer is better)', { beginAtZero: true }),
          y: axis('', { title: { display: false }, grid: { display: false } }),
        },
      },
    });

  // The range that the codes span: shaded, its ends drawn as lines.
  const range = {
    id: 'range',
    beforeDatasetsDraw(chart, _, options) {
      const { ctx, chartArea: a, scales } = chart;
      const lo = Math.max(a.left, Math.min(a.right, scales.x.getPixelForValue(options.lo)));
      const hi = Math.max(a.left, Math.min(a.right, scales.x.getPixelForValue(options.hi)));
      ctx.save();
      ctx.fillStyle = color('shade');
      ctx.fillRect(lo, a.top, hi - lo, a.bottom - a.top);
      ctx.strokeStyle = color('qat');
      ctx.lineWidth = 2;
      for (const x of [lo, hi]) {
        ctx.beginPath();
        ctx.moveTo(x, a.top);
        ctx.lineTo(x, a.bottom);
        ctx.stroke();
      }
      ctx.restore();
    },
  };

  const distribution = (h, i) => {
    const width = (h.max - h.min) / h.counts.length || 1;
    const margin = Math.max(h.max, h.hi) - Math.min(h.min, h.lo);
    draw('chart-distribution-' + i, {
      type: 'bar',
      data: {
        datasets: [
          {
            data: h.counts.map((c, j) => ({ x: h.min + (j + 0.5) * width, y: c || null })),
            backgroundColor: color('soft'),
            barPercentage: 1,
            categoryPercentage: 1,
          },
        ],
      },
      options: {
        plugins: { legend: { display: false }, range: { lo: h.lo, hi: h.hi } },
        scales: {
          x: axis('', {
            type: 'linear',
            title: { display: false },
            grid: { display: false },
            min: Math.min(h.min, h.lo) - 0.03 * margin,
            max: Math.max(h.max, h.hi) + 0.03 * margin,
            ticks: { color: color('soft'), maxTicksLimit: 6, maxRotation: 0, includeBounds: false,
              callback: (v) => String(+v.toPrecision(2)) },
          }),
          y: axis('', {
            type: 'logarithmic',
            title: { display: false },
            min: 0.5,
            ticks: { color: color('soft'), maxTicksLimit: 4,
              callback: (v) => (Number.isInteger(Math.log10(v)) ? v.toLocaleString('en') : '') },
          }),
        },
      },
      plugins: [range],
    });
  };

  const dots = (label, points, name, line) => ({
    label,
    data: points,
    borderColor: color(name),
    backgroundColor: color(name),
    showLine: line,
    stepped: line,
    borderWidth: 2,
    pointRadius: line ? 0 : 3,
  });

  const tuning = (t) => {
    draw('chart-history', {
      type: 'scatter',
      data: {
        datasets: [dots('trial', t.trials, 'soft', false), dots('best so far', t.best, 'tuned', true)],
      },
      options: {
        plugins: { legend: legend(true) },
        scales: { x: axis('trial', { min: 0 }), y: axis(t.objective, {}) },
      },
    });
    draw('chart-front', {
      type: 'scatter',
      data: {
        datasets: [dots('front', t.front, 'tuned', false), dots('untuned', t.untuned, 'ptq', false)],
      },
      options: {
        plugins: { legend: legend(true) },
        scales: { x: axis('kilobytes', {}), y: axis(t.objective, {}) },
      },
    });
    draw('chart-sensitivity', {
      type: 'bar',
      data: {
        labels: t.layers,
        datasets: [{ label: 'loss', data: t.harm, backgroundColor: color('tuned'), maxBarThickness: 18 }],
      },
      options: {
        indexAxis: 'y',
        plugins: { legend: legend(false) },
        scales: {
          x: axis('change of the loss if this layer alone has so few bits', {}),
          y: axis('', { title: { display: false }, grid: { display: false } }),
        },
      },
    });
  };

  const all = () => {
    charts.forEach((c) => c.destroy());
    charts = [];
    curve('chart-loss', 'loss', 'training loss, nats', false, { beginAtZero: true });
    curve('chart-validation', 'validation', 'validation ' + data.metric + ', %', true, {});
    layers();
    if (data.tuning) tuning(data.tuning);
    data.distributions.forEach(distribution);
  };

  document.documentElement.classList.add('js');
  all();
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', all);
})();
