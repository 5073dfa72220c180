'use strict';
(() => {
  const data = JSON.parse(document.getElementById('report-data').textContent);
  let chart = null;

  const color = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();

  const axis = (title, more) => ({
    title: { display: true, text: title, color: color('soft') },
    ticks: { color: color('soft') },
    grid: { color: color('line') },
    ...more,
  });

  const series = (label, stage, style) => ({
    label,
    data: data[stage],
    borderColor: color(stage),
    backgroundColor: color(stage),
    pointStyle: style,
    pointRadius: 6,
  });

  // Intervals of the points, the line of the float network, the ring around the knee.
  const marks = {
    id: 'marks',
    beforeDatasetsDraw(chart) {
      const { ctx, chartArea: a, scales } = chart;
      const y = scales.y.getPixelForValue(data.float);
      ctx.save();
      ctx.strokeStyle = color('float');
      ctx.setLineDash([3, 3]);
      ctx.beginPath();
      ctx.moveTo(a.left, y);
      ctx.lineTo(a.right, y);
      ctx.stroke();
      ctx.setLineDash([]);
      for (const stage of ['ptq', 'integer']) {
        ctx.strokeStyle = color(stage);
        for (const p of data[stage]) {
          const x = scales.x.getPixelForValue(p.x);
          ctx.beginPath();
          ctx.moveTo(x, scales.y.getPixelForValue(p.lo));
          ctx.lineTo(x, scales.y.getPixelForValue(p.hi));
          ctx.stroke();
          if (stage === 'integer' && p.name === data.knee) {
            ctx.beginPath();
            ctx.arc(x, scales.y.getPixelForValue(p.y), 12, 0, 2 * Math.PI);
            ctx.stroke();
          }
        }
      }
      ctx.restore();
    },
  };

  const draw = () => {
    if (chart) chart.destroy();
    chart = new Chart(document.getElementById('chart-sweep'), {
      type: 'scatter',
      data: {
        datasets: [
          series('post-training', 'ptq', 'triangle'),
          series('integer model after QAT', 'integer', 'rectRot'),
        ],
      },
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        plugins: {
          legend: { labels: { color: color('ink'), usePointStyle: true, boxHeight: 7 } },
          tooltip: { callbacks: { label: (i) => `${i.raw.name}: ${i.raw.y.toFixed(data.unit ? 2 : 3)}${data.unit}` } },
        },
        scales: {
          x: axis('bytes of the model without vocabulary', { type: 'linear' }),
          y: axis(`test ${data.metric}${data.unit ? ', %' : ''}`, {}),
        },
      },
      plugins: [marks],
    });
  };

  document.documentElement.classList.add('js');
  draw();
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
})();
