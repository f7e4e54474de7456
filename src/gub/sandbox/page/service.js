// Service messages in words.

import { listed } from "./format.js";
import { fullName, isolated } from "./model.js";

function name(user, model) {
  return user.first_name === undefined ? model.name(user.id ?? user) : isolated(fullName(user));
}

export function plainText(message, model) {
  const service = message.service;
  if (typeof service === "string") return service;
  const who = model.sender(message).name;
  const names = (users) => listed((users ?? []).map((user) => name(user, model)));
  if (service.new_chat_members) {
    const ids = service.new_chat_members.map((user) => user.id ?? user);
    const self = ids.length === 1 && ids[0] === (message.from?.id ?? message.from);
    return self ? `${who} joined the group` : `${who} added ${names(service.new_chat_members)}`;
  }
  if (service.left_chat_member) {
    const user = service.left_chat_member;
    const self = (user.id ?? user) === (message.from?.id ?? message.from);
    return self ? `${who} left the group` : `${who} removed ${names([user])}`;
  }
  if (service.new_chat_title) return `${who} renamed the group to “${isolated(service.new_chat_title)}”`;
  if (service.group_chat_created) return `${who} created the group`;
  if (service.supergroup_chat_created) return "The supergroup was created";
  if (service.migrate_to_chat_id) return "The group became a supergroup";
  if (service.migrate_from_chat_id) return "The group was upgraded to this supergroup";
  if (service.forum_topic_created) return `${who} created the topic “${isolated(service.forum_topic_created.name)}”`;
  if (service.forum_topic_closed) return `${who} closed the topic`;
  if (service.forum_topic_reopened) return `${who} reopened the topic`;
  if (service.users_shared) return `${who} chose ${listed(service.users_shared.users.map((user) => model.name(user.user_id)))}`;
  if (service.successful_payment) return `${who} paid ⭐ ${service.successful_payment.total_amount}`;
  if (service.refunded_payment) return `${who} got ⭐ ${service.refunded_payment.total_amount} back`;
  if (service.pinned_message) return `${who} pinned a message`;
  const [kind] = Object.keys(service);
  return `${who}: ${String(kind ?? "service message").replaceAll("_", " ")}`;
}
