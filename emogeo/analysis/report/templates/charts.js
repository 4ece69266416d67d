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

  const drawn = new Map();
  const lacksRoom = (plot, room) => plot.clientWidth < room;

  function draw(figure) {
    const spec = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    const plot = figure.querySelector(".plot");
    const { narrow, room = 0 } = spec.usermeta ?? {};
    const small = lacksRoom(plot, room);
    drawn.set(figure, { plot, room, small });
    const own = small ? { ...narrow, datasets: { ...spec.datasets, ...narrow.datasets } } : spec;
    return vegaEmbed(plot, coloured(own), settings);
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

  let soon = 0;
  addEventListener("resize", () => {
    clearTimeout(soon);
    soon = setTimeout(() => {
      for (const [figure, { plot, room, small }] of drawn) if (lacksRoom(plot, room) !== small) draw(figure);
    }, 200);
  });

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const figure of document.querySelectorAll("figure.chart")) if (!waiting.has(figure)) draw(figure);
  });
}
