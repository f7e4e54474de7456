// Talks to the sandbox: the state, a stream that says when it changed, and actions.

export class ActionError extends Error {}

export async function act(action, fields) {
  let response;
  try {
    response = await fetch(`/sandbox/act/${action}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fields),
    });
  } catch {
    throw new ActionError("The sandbox does not answer.");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ActionError(answer.error ?? `The sandbox answered ${response.status}.`);
  return answer;
}

// Calls `onState` with each new state and `onOnline(true|false)` when the sandbox comes and goes.
export class Connection {
  #asking = false;
  #again = false;
  #source = null;

  constructor(onState, onOnline) {
    this.onState = onState;
    this.onOnline = onOnline;
  }

  open() {
    this.#source = new EventSource("/sandbox/events");
    this.#source.onopen = () => this.refresh();
    this.#source.onmessage = () => this.refresh();
    this.#source.onerror = () => {
      this.onOnline(false);
      if (this.#source.readyState === EventSource.CLOSED) setTimeout(() => this.open(), 1000);
    };
    this.refresh();
  }

  // Asks for the state; changes that arrive while it is on its way cause one more question, not many.
  async refresh() {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    try {
      do {
        this.#again = false;
        const response = await fetch("/sandbox/state", { cache: "no-store" });
        if (!response.ok) throw new Error(String(response.status));
        this.onState(await response.json());
        this.onOnline(true);
      } while (this.#again);
    } catch (error) {
      if (!(error instanceof TypeError)) console.error(error);
      this.onOnline(false);
    } finally {
      this.#asking = false;
    }
  }
}
