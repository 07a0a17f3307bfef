// The bucket, looked at before anything depends on it.

import { messageOf } from "#server/common/failure.ts";
import type { Log } from "#server/common/log.ts";
import { StartError } from "#server/common/start-error.ts";
import { diskTroubleOf } from "#server/store/disk-trouble.ts";
import type { ObjectStore } from "#server/store/object-store.ts";
import { S3ObjectStore } from "./s3-object-store.ts";
import type { S3Place } from "./s3-requests.ts";

/** Throws a {@link StartError} where the store refuses this server. One that is away is gone on without. */
export async function openObjectStore(place: S3Place, log: Log): Promise<ObjectStore> {
  const store = new S3ObjectStore(place);
  try {
    await store.check();
  } catch (error) {
    const trouble = diskTroubleOf(error);
    if (trouble === null) throw error;
    if (trouble === "object_store_refuses")
      throw new StartError(`the store of TANDEM_OBJECT_STORE_URL cannot be used: ${messageOf(error)}`);
    log.error("object_store_not_well", { message: messageOf(error) });
  }
  return store;
}
