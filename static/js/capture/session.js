// Speaks to the server for one signed-in reader: the CSRF token, and the sign-in over the page when the session ended.
// The page names the token and the address of that sign-in.

const PATIENCE = 20000;
const REQUESTED = { "X-Requested-With": "fetch", Accept: "application/json" };

export class Session {
  #renewing = null;

  constructor({ content, dataset }) {
    this.token = content;
    this.signIn = dataset.signIn;
    this.overlay = null;
  }

  // {status, body}; status 0 when the network is away. Waits for the sign-in when signed out, then repeats.
  async post(url, content, { form = false } = {}) {
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#attempt(url, content, form);
      if (answer.status === 401) await this.signedOut();
      else if (answer.status === 403 && attempt === 0) await this.refreshToken();
      else return answer;
    }
  }

  async refreshToken() {
    try {
      const way = { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" } };
      const { csrf } = await (await fetch(this.signIn, way)).json();
      this.token = csrf ?? this.token;
    } catch {
      return;
    }
  }

  // Resolves when the same reader is signed in again; one overlay serves everybody who waits.
  signedOut() {
    this.#renewing ??= this.overlay.open(this).finally(() => (this.#renewing = null));
    return this.#renewing;
  }

  async #attempt(url, content, form) {
    const body = form ? new URLSearchParams(content) : JSON.stringify(content);
    const kind = form ? "application/x-www-form-urlencoded" : "application/json";
    const headers = { ...REQUESTED, "Content-Type": kind, "X-CSRFToken": this.token };
    try {
      const keepalive = body.toString().length < 60000;
      const signal = AbortSignal.timeout(PATIENCE);
      const response = await fetch(url, { method: "POST", credentials: "same-origin", keepalive, headers, body, signal });
      return { status: response.status, body: await jsonOf(response) };
    } catch {
      return { status: 0, body: null };
    }
  }
}

async function jsonOf(response) {
  try {
    return await response.json();
  } catch {
    return null;
  }
}
