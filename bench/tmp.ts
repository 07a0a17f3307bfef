import { ApiClient } from "#test/support/api-client.ts";
import { publishStamped } from "#bench/support/stamped-publisher.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { startRawPlayer } from "#test/support/raw-player.ts";
import { usageOf } from "#bench/support/process-usage.ts";
await using server = await TandemServer.start({environment:{TANDEM_LOG:"info", ...(process.env.M?{TANDEM_RTMP_MERGE_MILLISECONDS:process.env.M}:{})}});
async function m(what, s=10){ await Bun.sleep(3000); const a=usageOf(server.processId).cpuSeconds; await Bun.sleep(s*1000); console.log(what, ((usageOf(server.processId).cpuSeconds-a)*60/s).toFixed(2),"s/min"); }
await m("idle",5);
const api = new ApiClient(server.url, ADMIN_TOKEN);
const { id } = await api.create({ name: "x", withBackup: false });
const [input] = (await api.start(id)).inputs;
const ac = new AbortController();
publishStamped(input.url, ac.signal);
await api.when(id, "a", (l) => l.inputs.some((i) => i.active));
await m("ingest");
await api.publish(id);
await m("live");
await startRawPlayer({url:`rtmp://${new URL(input.url).host}/play/${id}`});
await m("player");
if(process.env.W){ console.log(server.processId); await Bun.sleep(60000);}
process.exit(0);
