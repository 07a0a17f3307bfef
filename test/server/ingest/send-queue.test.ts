import { expect, test } from "bun:test";
import { SendQueue, type SendSocket } from "#server/ingest/send-queue.ts";

/** A socket that takes what it is allowed to, and remembers. */
class MeteredSocket implements SendSocket {
  readonly taken: number[] = [];
  allowance = 0;
  isEnded = false;
  isTerminated = false;

  write(bytes: Uint8Array): number {
    const count = Math.min(this.allowance, bytes.byteLength);
    this.allowance -= count;
    this.taken.push(...bytes.subarray(0, count));
    return count;
  }

  end(): void {
    this.isEnded = true;
  }

  terminate(): void {
    this.isTerminated = true;
  }
}

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
  expect(socket.taken).toEqual([1, 2, 3, 4, 5]);
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
  expect(socket.isEnded).toBe(false);
  expect(queue.push(Uint8Array.of(3))).toBe(false);
  socket.allowance = 9;
  queue.drain();
  expect(socket.isEnded).toBe(true);
  expect(socket.taken).toEqual([1, 2]);
});
