"use strict";
const next = document.getElementById("next");
const said = document.getElementById("said");
let asked = 0;
async function ask() {
  asked += 1;
  try {
    const answer = await fetch("/healthz", { cache: "no-store" });
    if (answer.ok && (await answer.json()).status === "alive") {
      location.replace(next.href);
      return;
    }
  } catch {
    // Nobody listens between the end of the set-up and the start of Handoff.
  }
  if (asked === 60) {
    said.textContent = "This takes longer than usual. Look at the terminal, which says why.";
  }
  setTimeout(ask, 500);
}
ask();
