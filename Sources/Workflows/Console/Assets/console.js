// Times in the reader's zone, and pages that keep themselves fresh. Everything works without this, in UTC and by reloading.
"use strict";

const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

function localTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const date = new Date(time.dateTime);
    if (Number.isNaN(date.getTime())) continue;
    time.title = time.dateTime.replace("T", " ").replace("Z", " UTC");
    time.textContent = format.format(date);
  }
}

// A stream of whole parts of a page, as server-sent events. What the reader holds the focus in stays as it is. When the stream is over
// for good (signed out, the console gone), the page says that it is old.
function keepFresh(part) {
  const source = new EventSource(part.dataset.stream);
  const stale = document.querySelector("[data-stale]");
  source.addEventListener("open", () => { stale.hidden = true; });
  source.addEventListener("part", (event) => {
    if (part.contains(document.activeElement)) return;
    part.innerHTML = event.data;
    localTimes(part);
  });
  source.addEventListener("error", () => { stale.hidden = source.readyState !== EventSource.CLOSED; });
}

localTimes(document);
for (const part of document.querySelectorAll("[data-stream]")) keepFresh(part);
// On paper nothing can be opened.
addEventListener("beforeprint", () => { for (const fold of document.querySelectorAll("details[data-print]")) fold.open = true; });
