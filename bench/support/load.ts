// Requests at a constant rate, whatever the answers take: latency counts from when a request was due, so that a server
// that stalls is not spared the requests it would have got meanwhile.

export interface LoadResult {
  readonly requests: number;
  /** Answers that were not as wanted, and requests that failed. */
  readonly errors: number;
  /** Milliseconds by percentile. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface Load {
  readonly requestsPerSecond: number;
  readonly seconds: number;
  /** Sends the request of this number and reads its answer; false when that is not as wanted. */
  readonly send: (number: number) => Promise<boolean>;
}

export async function runLoad({ requestsPerSecond, seconds, send }: Load): Promise<LoadResult> {
  const total = Math.round(requestsPerSecond * seconds);
  const latencies = new Float64Array(total);
  const pending: Promise<void>[] = [];
  let errors = 0;
  const startedAt = performance.now();
  const dueAt = (number: number) => startedAt + (number * 1000) / requestsPerSecond;
  const sendOne = async (number: number): Promise<void> => {
    const isWanted = await send(number).catch(() => false);
    if (!isWanted) errors += 1;
    latencies[number] = performance.now() - dueAt(number);
  };
  for (let number = 0; number < total; ) {
    for (; number < total && dueAt(number) <= performance.now(); number += 1) pending.push(sendOne(number));
    await Bun.sleep(1);
  }
  await Promise.all(pending);
  latencies.sort();
  const percentile = (share: number) => latencies[Math.min(total - 1, Math.floor(total * share))] ?? 0;
  return { requests: total, errors, p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) };
}
