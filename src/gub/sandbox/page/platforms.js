// The gaming platforms as the page knows them: names, words, and what sets their accounts apart.

export const PLATFORMS = ["xbox", "psn", "steam"];
export const PLATFORM_NAMES = { xbox: "Xbox", psn: "PlayStation", steam: "Steam" };
export const ACCOUNT_WORDS = { xbox: "Gamertag", psn: "Online ID", steam: "Name" };

const STEAM_STATES = [
  ["offline", "Offline"],
  ["online", "Online"],
  ["busy", "Busy"],
  ["away", "Away"],
  ["snooze", "Snooze"],
  ["trade", "Looking to trade"],
  ["play", "Looking to play"],
];

export function statesOf(platform, state) {
  return state?.states ?? STEAM_STATES;
}

// What one types after `platform:` to name the account to the bot.
export function addressOf(platform, account) {
  return platform === "steam" ? account.vanity ?? account.id : account.name;
}

export function activityOf(platform, account, state) {
  if (account.private) return "private profile";
  if (account.game) return `playing ${account.game}${account.state === "online" ? "" : ` (${account.state})`}`;
  const label = statesOf(platform, state).find(([value]) => value === account.state)?.[1] ?? account.state;
  return label.charAt(0).toUpperCase() + label.slice(1);
}

// A card's colour: what the account shows to its friends.
export function moodOf(account) {
  if (account.private || account.oddity === "private" || account.oddity === "private_batch") return "private";
  return account.game ? "playing" : account.state;
}
