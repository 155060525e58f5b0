// Everything that can be done on the screen, by name, from a key or a button.

export class Commands {
  #actions = new Map();
  #releases = new Map();

  // action({how, held}); release() when a held key is let go.
  add(name, action, release = null) {
    this.#actions.set(name, action);
    if (release) this.#releases.set(name, release);
  }

  has(name) {
    return this.#actions.has(name);
  }

  run(name, options = {}) {
    return this.#actions.get(name)?.({ how: "click", held: false, ...options });
  }

  release(name) {
    this.#releases.get(name)?.();
  }
}

// Buttons and links that carry the name of a command.
export function attachButtons(root, commands) {
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-command]");
    if (!button || !commands.has(button.dataset.command)) return;
    event.preventDefault();
    commands.run(button.dataset.command, { how: "click", button });
  });
}

export function press(root, name, on) {
  root.querySelector(`[data-command="${name}"]`)?.setAttribute("aria-pressed", String(on));
}
