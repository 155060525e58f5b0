// Reporting a film to the coordinator: names the letter and the film's token, nothing else.

export class ProblemForm {
  constructor(dialog, { session, say }) {
    Object.assign(this, { dialog, session, say });
    this.form = dialog.querySelector("form");
    dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
  }

  open({ timepoint, letter, film, region }) {
    this.form.reset();
    this.form.elements.timepoint.value = timepoint;
    this.form.elements.film.value = film.token ?? "";
    this.form.querySelector(".which").textContent = `Timepoint ${letter}, ${region.label.toLowerCase()}`;
    this.#refuse("");
    this.dialog.showModal();
  }

  async #send() {
    const answer = await this.session.post(this.form.action, new FormData(this.form), { form: true });
    if (answer.status === 0) return this.#refuse("The server cannot be reached. Nothing was sent; try again.");
    if (answer.status >= 400) return this.#refuse(answer.body?.error ?? `The server answered ${answer.status}.`);
    this.dialog.close();
    this.say("The coordinator has been informed. Continue reading, or leave this case for later.");
  }

  #refuse(text) {
    this.form.querySelector(".refusal").textContent = text;
  }
}
