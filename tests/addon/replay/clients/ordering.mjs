// A client in another language, which decides by what it receives: an order after every third market update.
// Argument: a JSON object with `url`, `login` and `subscribe` (hex), `orders` (hex of orders without a request id) and
// `first`, the request id of the first one. Prints what it has decided and received.
const { url, login, subscribe, orders, first } = JSON.parse(process.argv[2]);
const socket = new WebSocket(url);
socket.binaryType = "arraybuffer";

const PAYLOADS = { 0x0a: "market_data", 0x12: "order_response", 0x1a: "login_response", 0x2a: "subscribe_response" };
const varint = (number) => (number < 128 ? [number] : [(number & 127) | 128, ...varint(number >> 7)]);
const seen = [];
let updates = 0;
let asked = 0;
let answered = 0;

function order() {
  const body = Buffer.concat([Buffer.from([0x08, ...varint(first + asked)]), Buffer.from(orders[asked], "hex")]);
  socket.send(Buffer.concat([Buffer.from([0x12, ...varint(body.length)]), body]));
  seen.push(`order ${asked}`);
  asked += 1;
}

function requestId(message) {
  let at = 2;
  while (message[at - 1] & 128) at += 1;
  if (message[at] !== 0x08) return 0;
  let id = 0;
  let shift = 0;
  do {
    at += 1;
    id |= (message[at] & 127) << shift;
    shift += 7;
  } while (message[at] & 128);
  return id;
}

socket.onopen = () => socket.send(Buffer.from(login, "hex"));
socket.onclose = () => {
  console.log(JSON.stringify({ seen }));
  process.exit(0);
};
socket.onmessage = (event) => {
  if (answered === orders.length) return; // how much comes until the connection has ended is chance
  const message = Buffer.from(event.data);
  const payload = PAYLOADS[message[0]];
  if (payload === "login_response") socket.send(Buffer.from(subscribe, "hex"));
  if (payload === "market_data") {
    updates += 1;
    seen.push(`market_data ${message.toString("hex")}`);
    if (updates % 3 === 0 && asked < orders.length) order();
  }
  if (payload === "order_response") {
    const id = requestId(message);
    if (id) {
      seen.push(`answer to ${id - first}`);
      answered += 1;
    }
    if (answered === orders.length) socket.close(1000, "done");
  }
};
