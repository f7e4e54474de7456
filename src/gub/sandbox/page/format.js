// Times and lists in words.

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const LIST = new Intl.ListFormat("en", { type: "conjunction" });

// Dates are Unix seconds, as in the Bot API.
export function clock(seconds) {
  return TIME.format(new Date(seconds * 1000));
}

export function day(seconds) {
  return DAY.format(new Date(seconds * 1000));
}

export function dayKey(seconds) {
  return new Date(seconds * 1000).toDateString();
}

export function bytes(number) {
  return number < 1024 ? `${number} B` : number < 1024 ** 2 ? `${(number / 1024).toFixed(1)} kB` : `${(number / 1024 ** 2).toFixed(1)} MB`;
}

export function listed(words) {
  return LIST.format(words);
}

const PHASES = {
  starting: "starting …",
  running: "running",
  stopping: "stopping …",
  stopped: "stopped",
  killed: "killed",
  exited: "ended by itself",
  failed: "could not be started",
};

// A running process that has not asked Telegram for anything yet is still starting.
export function botPhase(bot) {
  const phase = bot.phase ?? (bot.running ? "running" : "stopped");
  return PHASES[phase === "running" && bot.connected === false ? "starting" : phase] ?? phase;
}

export function counted(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}
