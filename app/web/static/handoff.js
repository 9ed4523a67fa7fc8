// What HTMX does not do by itself: keep opened details open over an update, follow a live log, say when updates stop.
(() => {
  "use strict";
  const KEPT_CHARACTERS = 400000;
  const PATIENCE_MILLISECONDS = 6000;

  // Details stay as their reader left them.
  let opened = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (!xhr || !requestConfig) return;
    if (new URL(xhr.responseURL || location.href).pathname !== new URL(requestConfig.path, location.href).pathname) {
      event.detail.shouldSwap = false;
      location.reload(); // the answer is another page, so the login has ended: the whole page knows the way to it
      return;
    }
    opened = [...document.querySelectorAll("details[open][id]")].map((each) => each.id);
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  });

  // A live log is followed while its reader wants that, and does not grow for ever.
  function followLog() {
    const log = document.querySelector("pre.live");
    if (!log) return;
    const lines = log.querySelector("code");
    while (lines && lines.childNodes.length > 1 && lines.textContent.length > KEPT_CHARACTERS) lines.firstChild.remove();
    if (document.getElementById("follow")?.checked) log.scrollTop = log.scrollHeight;
  }
  document.addEventListener("htmx:sseMessage", followLog);
  document.addEventListener("change", (event) => {
    if (event.target.id === "follow") followLog();
  });
  document.addEventListener("DOMContentLoaded", followLog);

  // A page that cannot be kept fresh says so, but not for the moment in which a stream is renewed.
  let silence = 0;
  const away = (shown) => {
    const note = document.getElementById("away");
    if (note) note.hidden = !shown;
  };
  document.addEventListener("htmx:sseError", () => {
    silence ||= setTimeout(() => away(true), PATIENCE_MILLISECONDS);
  });
  document.addEventListener("htmx:sseOpen", () => {
    clearTimeout(silence);
    silence = 0;
    away(false);
  });

  // A browser opens only six connections to a site: a tab that nobody looks at gives its stream back.
  const streams = new Set();
  let given = [];
  htmx.createEventSource = (url) => {
    const source = new EventSource(url);
    streams.add(source);
    return source;
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      given = [...streams].filter((source) => source.readyState !== EventSource.CLOSED);
      streams.clear();
      for (const source of given) source.close();
    } else {
      for (const source of given) source.dispatchEvent(new Event("error")); // HTMX opens it anew
      given = [];
    }
  });
})();
