// A relay on Node's `ws`, without decoding. Usage: node plain_ws.js ORIGIN_URL, with NODE_PATH naming where `ws` is.
const { WebSocket, WebSocketServer } = require("ws");

const limits = { perMessageDeflate: false, maxPayload: 1 << 30 };
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, ...limits });

server.on("connection", (client) => {
  const origin = new WebSocket(process.argv[2], limits);
  const early = [];
  client.on("message", (data, binary) => {
    if (origin.readyState === WebSocket.OPEN) origin.send(data, { binary });
    else early.push([data, { binary }]);
  });
  origin.on("open", () => early.forEach((message) => origin.send(...message)));
  origin.on("message", (data, binary) => client.send(data, { binary }));
  for (const [one, other] of [[client, origin], [origin, client]]) {
    one.on("close", () => other.terminate());
    one.on("error", () => other.terminate());
  }
});
