// What stands above the operations in the document, in Markdown: the whole life of a livestream, worked in curl.

/** `serverUrl` has no trailing slash. */
export function introduction(serverUrl: string): string {
  return `
A live-streaming server: livestreams with two redundant inputs, and the media they become.

Every call of \`/v2\` takes a token, \`Authorization: Bearer …\`; one of scope \`read\` may only GET. Success is
\`{"status":"success","data":…}\`; a refusal is \`{"status":"fail","message":…,"data":{"code":…}}\` with a stable \`code\`, and at a wrong
moment (409) also with the \`currentStatus\` and the \`allowedActions\`. Times are UTC, ids are UUIDv7.

## The life of a livestream, in curl

Where the server is, and what it is called with ([jq](https://jqlang.org) picks values out of the answers):

\`\`\`sh
server=${serverUrl}
token=$(cat data/admin-token)
call() { curl -sS --fail-with-body -H "Authorization: Bearer $token" -H "Content-Type: application/json" "$@"; }
\`\`\`

**Create** it. Repeated with the same key after a lost connection, it is created once:

\`\`\`sh
id=$(call $server/v2/livestreams -H "Idempotency-Key: derby-$(date +%s)" -d '{"name":"Derby","withDvr":true}' | jq -r .data.id)
\`\`\`

**Start** it: its two inputs accept encoders. OBS asks for the server and the key, ffmpeg for the whole \`url\`:

\`\`\`sh
call -X POST $server/v2/livestreams/$id/start | jq '.data.inputs[] | {instance, serverUrl, streamKey, url}'
\`\`\`

**Send** something, here a test picture. With a second encoder on the other input, the livestream survives the loss of either:

\`\`\`sh
input=$(call $server/v2/livestreams/$id | jq -r '.data.inputs[0].url')
ffmpeg -v error -re -f lavfi -i testsrc2=size=640x360:rate=30 -f lavfi -i sine -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 60 -c:a aac -f flv "$input" &
until call $server/v2/livestreams/$id | jq -e '.data.inputs[0].active' >/dev/null; do sleep 1; done
\`\`\`

**Publish** it: viewers see it from this moment on, at \`$server/watch/$id\` or in any HLS player:

\`\`\`sh
call -X POST $server/v2/livestreams/$id/publish | jq -r '.data.playouts[] | select(.instance == "auto").url'
\`\`\`

**Watch over it**: who is connected now, and every sample so far. \`/events\` tells the same as it happens, and
\`/switch\` puts the other input on air:

\`\`\`sh
call $server/v2/livestreams/$id/statistics | jq .data.sum
call "$server/v2/livestreams/$id/statistics/primary?perpage=50" | jq .pagination
\`\`\`

**Stop** it, for good: keys are revoked, the encoder is cut, and the recording becomes a media asset by itself:

\`\`\`sh
call -X POST $server/v2/livestreams/$id/stop | jq -r .data.status
until media=$(call $server/v2/livestreams/$id | jq -re .data.mediaId); do sleep 1; done
\`\`\`

**Keep** the recording, or not. Deleted softly it can be recovered; deleted for good, its files and its livestream go with it:

\`\`\`sh
call $server/v2/media/$media | jq '.data | {name, durationSeconds, playlistUrl, downloadUrl}'
call -X DELETE $server/v2/media/$media
call -X POST $server/v2/media/$media/recover | jq -r .data.status
call -X DELETE "$server/v2/media/$media?permanent=true"
\`\`\`
`.trim();
}
