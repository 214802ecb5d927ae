// A receiver of webhooks that verifies signatures with the library of Standard Webhooks.
//
// Listens on a free port of loopback and prints it. `PUT /_secret` takes the secret that it knows;
// `GET /_received` tells what was received: id, whether the signature is right, and the body.

const http = require("node:http");
const { Webhook } = require("standardwebhooks");

const BODY_BYTES_MAX = 1024 * 1024;
let secret = "";
const received = [];

function verified(body, headers) {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

function handled(request, body) {
  if (request.url === "/_secret") {
    secret = body;
    return [204, ""];
  }
  if (request.url === "/_received") {
    return [200, JSON.stringify(received)];
  }
  const isVerified = verified(body, request.headers);
  received.push({ id: request.headers["webhook-id"], verified: isVerified, body });
  return [isVerified ? 200 : 401, "{}"];
}

const server = http.createServer((request, response) => {
  const parts = [];
  let size = 0;
  request.on("data", (part) => {
    size += part.length;
    if (size > BODY_BYTES_MAX) {
      request.destroy();
    }
    parts.push(part);
  });
  request.on("end", () => {
    const [status, answer] = handled(request, Buffer.concat(parts).toString("utf8"));
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(answer);
  });
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
