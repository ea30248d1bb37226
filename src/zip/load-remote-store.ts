import type { RemoteStore } from './remote-store.ts';

/**
 * The default store. This is the one edge that points upward, from instrumentation to `exporters/`; it is dynamic,
 * and typed by the interface on this side, because a ZIP without a `gs://` URL must load no cloud library, and because
 * `createZip` should work without being handed one. Rejects with `MissingPackageError` where the library is missing.
 */
export async function loadRemoteStore(): Promise<RemoteStore> {
  const { cloudStorage } = await import('./cloud-storage.ts');
  return cloudStorage();
}
