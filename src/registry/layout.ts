/** OCI image layouts in folders: read them, push them, fetch one platform of a pushed image, pack one for a cluster. */
export { writeArchive } from './archive.ts';
export { inspectImage } from './inspect.ts';
export type { ImageFacts, PlatformFacts } from './inspect.ts';
export { manifestAnnotations } from './json.ts';
export { findPlatform, pullPlatform } from './pull-platform.ts';
export { pushLayout } from './push-layout.ts';
export type { PushedLayout, PushLayoutOptions } from './push-layout.ts';
export { blobPath, readConfig, readLabels, readLayout } from './read-layout.ts';
export type { Layout, PlatformImage } from './read-layout.ts';
