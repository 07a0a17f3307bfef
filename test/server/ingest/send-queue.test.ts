import { expect, test } from "bun:test";
import { SendQueue } from "#server/ingest/send-queue.ts";
import { MeteredSocket } from "#test/support/metered-socket.ts";

test("bytes the socket does not take wait and go out in order", () => {
  const socket = new MeteredSocket();
  const queue = new SendQueue(socket, 100);
  socket.allowance = 2;
  expect(queue.push(Uint8Array.of(1, 2, 3))).toBe(true);
  queue.push(Uint8Array.of(4, 5));
  expect(queue.waitingBytes).toBe(3);
  socket.allowance = 2;
  queue.drain();
  socket.allowance = 9;
  queue.drain();
  expect(socket.taken).toEqual(Uint8Array.of(1, 2, 3, 4, 5));
  expect(queue.waitingBytes).toBe(0);
});

test("a peer that lets more than the limit pile up is disconnected", () => {
  const socket = new MeteredSocket();
  const queue = new SendQueue(socket, 4);
  expect(queue.push(new Uint8Array(4))).toBe(true);
  expect(socket.isTerminated).toBe(false);
  expect(queue.push(new Uint8Array(1))).toBe(false);
  expect(socket.isTerminated).toBe(true);
});

test("an ended queue closes the socket only when everything is sent", () => {
  const socket = new MeteredSocket();
  const queue = new SendQueue(socket, 100);
  queue.push(Uint8Array.of(1, 2));
  queue.end();
  expect(socket.ends).toBe(0);
  expect(queue.push(Uint8Array.of(3))).toBe(false);
  socket.allowance = 9;
  queue.drain();
  expect(socket.ends).toBe(1);
  expect(socket.taken).toEqual(Uint8Array.of(1, 2));
});

test("an ended queue closes the socket at once when nothing waits, and no more than once", () => {
  const socket = new MeteredSocket();
  const queue = new SendQueue(socket, 100);
  queue.end();
  queue.end();
  expect(socket.ends).toBe(1);
});

test("a single byte that waits is sent before the socket is closed", () => {
  const socket = new MeteredSocket();
  const queue = new SendQueue(socket, 100);
  queue.push(Uint8Array.of(7));
  queue.end();
  expect(socket.ends).toBe(0);
});

test("a queue that is not ended stays open when everything is sent", () => {
  const socket = new MeteredSocket();
  const queue = new SendQueue(socket, 100);
  queue.push(Uint8Array.of(1));
  socket.allowance = 9;
  queue.drain();
  expect(socket.ends).toBe(0);
});

test("nothing overtakes what waits, even where the socket could take it", () => {
  const socket = new MeteredSocket();
  const queue = new SendQueue(socket, 100);
  queue.push(Uint8Array.of(1));
  socket.allowance = 9;
  queue.push(Uint8Array.of(2, 3));
  expect(queue.waitingBytes).toBe(3);
  queue.drain();
  expect(socket.taken).toEqual(Uint8Array.of(1, 2, 3));
});

test("what the socket took whole is not written again", () => {
  const socket = new MeteredSocket();
  const queue = new SendQueue(socket, 100);
  socket.allowance = 2;
  queue.push(Uint8Array.of(1, 2));
  queue.drain();
  expect(socket.writes).toBe(1);
});

test("a socket that the peer closed takes nothing, and what waits is counted as it is", () => {
  const socket = new MeteredSocket();
  const queue = new SendQueue(socket, 100);
  socket.isClosed = true;
  expect(queue.push(Uint8Array.of(1, 2, 3))).toBe(true);
  queue.drain();
  expect([queue.waitingBytes, queue.takenBytes, socket.writes]).toEqual([3, 0, 2]);
});

test("the bytes that a peer took are counted, whenever it took them", () => {
  const socket = new MeteredSocket();
  const queue = new SendQueue(socket, 100);
  socket.allowance = 2;
  queue.push(Uint8Array.of(1, 2, 3));
  expect(queue.takenBytes).toBe(2);
  socket.allowance = 9;
  queue.drain();
  expect(queue.takenBytes).toBe(3);
});

test("the limit can be raised for a peer that is known better", () => {
  const socket = new MeteredSocket();
  const queue = new SendQueue(socket, 4);
  queue.maxBytes = 8;
  expect(queue.push(new Uint8Array(8))).toBe(true);
  expect(queue.push(new Uint8Array(1))).toBe(false);
});
