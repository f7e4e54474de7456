"""The lines for fun: what GUB says for /diss, /mf and /wdhs. In other languages they are told anew.

Teasing is about play alone: never about looks, origin, gender, family or health. The numbers of lines are odd, see
`domain.banter.pick`.
"""

from typing import Final

from gub.telegram.words import mark

TEASES: Final = (
    mark("{name} reloads after every single shot. Even in chess."),
    mark("{name} has never met a wall that didn't deserve a full magazine."),
    mark("{name} brought a map to the tutorial, and still got lost."),
    mark("When {name} says “I'm behind you”, check what is in front of you."),
    mark("{name} parks perfectly. Sadly, it's a racing game."),
    mark("The loading screen gives tips just for {name}. They're the same three since launch."),
    mark("{name} plays stealth games like a marching band."),
    mark("Bots leave the lobby when {name} joins. They find it too easy."),
    mark("{name} calls it “tactical waiting”. The rest of us call it the respawn timer."),
    mark("{name} opens the settings to win, and comes back with inverted controls."),
    mark("In co-op, {name} is the second difficulty level."),
    mark("{name} has pressed every button in the heat of the fight, except the right one."),
    mark("{name} saves all potions for later. It's been later since 2015."),
    mark("The final boss sends {name} a thank-you card every year."),
    mark("{name} takes the high ground, then falls off it."),
    mark("Somewhere there is a leaderboard on which {name} is first. It's sorted the other way round."),
    mark("{name} can lose a sword fight against a ladder."),
    mark("{name} blames the lag. In single player. Offline."),
    mark("{name} throws grenades like boomerangs: they all come back."),
    mark("A goalkeeper once saved a shot from {name}. It was going to the corner flag."),
    mark("{name} asks “which way?” in a game that scrolls from left to right."),
    mark("{name} drives as if the brake were downloadable content."),
    mark("The enemy team lists {name} under “power-ups”."),
    mark("{name} has spent more time in the character editor than in the game. It shows in both."),
    mark("{name} jumps first, looks later, and watches the replay in between."),
    mark("{name} knows every respawn point by its first name."),
    mark("If dying early were a speedrun, {name} would hold the record."),
    mark("{name} needs four hands to play, and a fifth to hold the manual."),
    mark("{name} shouts “got him!” so that somebody else does."),
    mark("The crafting menu still waits for {name} to find the crafting menu."),
    mark("{name} puts all points into luck. None have arrived so far."),
    mark("In battle royale, {name} always reaches the top 100."),
    mark("{name} once beat the tutorial on the first try. Almost."),
    mark("{name} plays support: of the other team."),
    mark("The minimap refuses to show {name}, out of politeness."),
    mark("{name} picked the healer, and everybody brought plasters."),
    mark("{name} aims like a windscreen wiper: always in motion, always past it."),
    mark("{name} has two moods: “one more round” and “that one didn't count”."),
    mark("Even the pause button is faster than {name}."),
    mark("{name} has a trophy cabinet. The spare controllers live in it."),
    mark("{name} sneaks so well that the objective never notices either."),
    mark("The shopkeeper gives {name} a discount, for the entertainment."),
    mark("{name} wins every argument about the game. Now only the game is left."),
    mark("{name} builds a bridge in three minutes and falls off it in one."),
    mark("{name} is on fire! No, really, step out of the lava."),
)

TO_YOURSELF: Final = (
    mark("Friendly fire is off here, {name}. You'll have to lose to somebody else."),
    mark("{name} challenged the mirror. It's a draw, and the mirror had better aim."),
    mark("{name}, that's what I call training: an opponent you know all the weak spots of."),
)

TO_GUB: Final = (
    mark("Me? I've never lost a match. I've never played one either."),
    mark("I'd answer that, but my cool-down is still running."),
    mark("I count your wins, so be nice to me. It doesn't take long anyway."),
    mark("Nice try. I have infinite lives and no feelings to hit."),
    mark("I don't rage quit. I only restart, and forget nothing."),
)

SAD_SONGS: Final = (
    mark("🎻 *plays the smallest violin in the world, slightly out of tune*"),
    mark("🌧️🎮 Press any key to feel better. No, not that one."),
    mark("😔 So close. It's always the last checkpoint that hurts."),
    mark("🎺 Wah, wah, waaah."),
    mark("🕯️ A moment of silence for the save file."),
    mark("🥀 The loot was purple. The inventory was full."),
    mark("💔 The party is online. It's update day."),
    mark("🎹 *a slow piano, rain on the window, 1 HP left*"),
    mark("🪦 Here lies a winning streak. It was short, and loved."),
)

WHAT_DID_HE_SAY: Final = (
    mark("🤨 What did he say?"),
    mark("👂 Sorry, the frame rate of that sentence dropped. Again, please?"),
    mark("📻 *krrrk* … say again, over? *krrrk*"),
    mark("🧩 I know each of those words. I've never seen them in this order."),
    mark("🗺️ My quest log didn't update. What was that?"),
    mark("🫢 He did NOT just say that. Did he?"),
    mark("🔁 Replay! In slow motion! With subtitles!"),
    mark("🎧 That came through the mic like a blender full of gravel."),
    mark("❓ Achievement unlocked: confuse everybody in the chat."),
)
