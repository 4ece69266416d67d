"use strict";
{
  const COLOURS = ["ink", "soft", "ground", "line"];
  const settings = {
    ast: true, actions: false, renderer: "svg", defaultStyle: false, tooltip: { disableDefaultStyle: true },
  };

  function coloured(spec) {
    const page = getComputedStyle(document.documentElement);
    for (const given of spec.params ?? [])
      if (COLOURS.includes(given.name)) given.value = page.getPropertyValue(`--${given.name}`).trim();
    return spec;
  }

  function fitting(spec, plot) {
    const narrow = spec.usermeta?.narrow;
    if (!narrow || plot.clientWidth >= spec.usermeta.room) return spec;
    return { ...narrow, datasets: { ...spec.datasets, ...narrow.datasets } };
  }

  function draw(figure) {
    const text = figure.querySelector('script[type="application/json"]').textContent;
    const plot = figure.querySelector(".plot");
    return vegaEmbed(plot, coloured(fitting(JSON.parse(text), plot)), settings);
  }

  const waiting = new Set(document.querySelectorAll("figure.chart"));
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting && waiting.delete(target)) draw(target);
  }, { rootMargin: "400px" });
  for (const figure of waiting) seen.observe(figure);

  async function drawRest() {
    for (const figure of waiting) {
      await new Promise((ready) => setTimeout(ready, 50));
      if (waiting.delete(figure)) await draw(figure);
    }
  }
  addEventListener("load", () => setTimeout(drawRest, 500));

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const figure of document.querySelectorAll("figure.chart")) if (!waiting.has(figure)) draw(figure);
  });
}
