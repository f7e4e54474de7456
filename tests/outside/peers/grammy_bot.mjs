// A grammY bot of the same manners as ptb_bot.py: the same commands and answers.
import { createServer } from "node:http";
import { once } from "node:events";
import { Bot, GrammyError, InlineKeyboard, webhookCallback } from "grammy";

const { PEER_API, PEER_TOKEN, PEER_MODE, PEER_SECRET } = process.env;
const bot = new Bot(PEER_TOKEN, { client: { apiRoot: PEER_API } });

function reply(ctx, text, other = {}) {
  return ctx.reply(text, {
    reply_parameters: { message_id: ctx.message.message_id, allow_sending_without_reply: true },
    ...other,
  });
}

/** The outcome of a call in the words that both peers use. */
async function outcome(call) {
  try {
    return `done: ${await call()}`;
  } catch (error) {
    if (!(error instanceof GrammyError)) throw error;
    if (error.parameters.retry_after) return `retry after ${error.parameters.retry_after}`;
    if (error.parameters.migrate_to_chat_id) return `migrated to ${error.parameters.migrate_to_chat_id}`;
    if (error.error_code === 403) return `forbidden: ${error.description}`;
    return `refused ${error.error_code}: ${error.description}`;
  }
}

bot.command("start", (ctx) => reply(ctx, "hello"));
bot.command("send", async (ctx) => {
  const said = await outcome(async () => (await ctx.api.sendMessage(Number(ctx.match), "ping")).text);
  await reply(ctx, said);
});
bot.command("member", async (ctx) => {
  const member = await ctx.getChatMember(Number(ctx.match));
  await reply(ctx, `${member.user.first_name} is ${member.status}`);
});
bot.command("admins", async (ctx) => {
  const admins = await ctx.getChatAdministrators();
  await reply(ctx, admins.map((admin) => `${admin.user.first_name} is ${admin.status}`).sort().join(", "));
});
bot.command("chat", async (ctx) => {
  const chat = await ctx.getChat();
  await reply(ctx, `${chat.type} ${chat.title ?? chat.first_name}`);
});
bot.command("commands", async (ctx) => {
  await ctx.api.setMyCommands([{ command: "status", description: "Who is on" }]);
  await ctx.api.setMyCommands([{ command: "join", description: "Join" }], { scope: { type: "all_group_chats" } });
  const plain = await ctx.api.getMyCommands();
  const group = await ctx.api.getMyCommands({ scope: { type: "all_group_chats" } });
  await ctx.api.deleteMyCommands();
  const left = await ctx.api.getMyCommands();
  await reply(ctx, [plain, group, left].map((list) => list.map((each) => each.command).join("+") || "none").join(", "));
});
bot.command("mention", (ctx) =>
  ctx.reply("Hey you", { entities: [{ type: "text_mention", offset: 4, length: 3, user: ctx.from }] }));
bot.command("buttons", (ctx) =>
  reply(ctx, "Choose", { reply_markup: new InlineKeyboard().text("Yes", "yes").text("No", "no").row().text("Gone", "gone") }));
bot.command("twice", async (ctx) => {
  const sent = await ctx.reply("same");
  const first = await outcome(() => ctx.api.editMessageText(sent.chat.id, sent.message_id, "same").then(() => true));
  const second = await outcome(() => ctx.api.deleteMessage(sent.chat.id, sent.message_id));
  const third = await outcome(() => ctx.api.deleteMessage(sent.chat.id, sent.message_id));
  await reply(ctx, [first, second, third].join("\n"));
});
bot.callbackQuery("yes", async (ctx) => {
  await ctx.answerCallbackQuery({ text: "You said yes" });
  await ctx.editMessageText(`Chosen by ${ctx.from.first_name}`);
});
bot.callbackQuery("no", async (ctx) => {
  await ctx.answerCallbackQuery({ text: "You said no", show_alert: true });
  await ctx.editMessageReplyMarkup({ reply_markup: new InlineKeyboard().text("Yes", "yes") });
});
bot.callbackQuery("gone", async (ctx) => {
  await ctx.answerCallbackQuery();
  await ctx.deleteMessage();
});
bot.on("message:text", (ctx) => reply(ctx, ctx.message.text, { entities: ctx.message.entities }));
bot.catch((error) => console.error(`failed: ${error.message}`));

await bot.init();
let stop;
if (PEER_MODE === "webhook") {
  const server = createServer(webhookCallback(bot, "http", { secretToken: PEER_SECRET }));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await bot.api.setWebhook(`http://127.0.0.1:${server.address().port}/`, { secret_token: PEER_SECRET });
  stop = async () => {
    await bot.api.deleteWebhook();
    server.close();
  };
  console.log("ready");
} else {
  bot.start({ onStart: () => console.log("ready") });
  stop = () => bot.stop();
}
process.once("SIGTERM", stop);
