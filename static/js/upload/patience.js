// Retries while the server cannot be reached: after 1 s, 2 s, 4 s ... at most 15 s, until it answers or the person stops.
import { send } from "../site/csrf.js";

const LONGEST = 15000;

export class Refused extends Error {}

const pause = (milliseconds, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
  });

const reason = async (answer) => {
  try {
    return (await answer.json()).error;
  } catch {
    return `The server answered with status ${answer.status}.`;
  }
};

// A 4xx status is final, and its message comes from the server; no answer and 5xx statuses are retried.
export const patiently = async (url, options, { signal, waiting }) => {
  for (let wait = 1000; ; wait = Math.min(2 * wait, LONGEST)) {
    const answer = await send(url, { ...options, signal }).catch((error) => {
      if (signal.aborted) throw error;
      return null;
    });
    if (answer?.ok) return answer;
    if (answer && answer.status < 500) throw new Refused(await reason(answer));
    waiting(true);
    await pause(wait, signal);
    waiting(false);
  }
};
