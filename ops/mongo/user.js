// Run by mongosh in the official image, once, with an empty volume. readWrite for the documents; dbAdmin for
// validators and indexes, which GUB applies at its start.
db.getSiblingDB("gub").createUser({
  user: "gub",
  pwd: process.env.GUB_PASSWORD,
  roles: [
    { role: "readWrite", db: "gub" },
    { role: "dbAdmin", db: "gub" },
  ],
});
